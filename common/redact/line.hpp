// One line of text, scanned once from left to right. Inside common/redact only.
#pragma once

#include <string>
#include <string_view>

namespace redact {

class LineScan {
  public:
    // Appends the line without its secrets to `out`. `depth` bounds looking into base64.
    LineScan(std::string_view line, std::string& out, int depth)
        : in_(line), out_(out), depth_(depth) {}

    void run();

  private:
    void word();
    bool value_after(std::string_view name, std::size_t end);
    bool option_value(std::string_view name, std::size_t end);
    bool program_option(std::string_view name, std::size_t end);
    bool scheme(std::string_view name, std::size_t end);
    bool numbered_token(std::string_view name, std::size_t end);
    bool url(std::string_view name, std::size_t end);
    bool secret_shape(std::size_t begin);
    bool hidden_by_base64(std::string_view word) const;
    bool login_word(std::string_view name, std::size_t end);

    template <class Test>
    std::size_t skip(std::size_t at, Test test) const {
        while (at < in_.size() && test(in_[at])) ++at;
        return at;
    }
    std::size_t value_end(std::size_t at, bool after_colon) const;
    void pass(std::size_t end);                       // [at_, end) is fine
    void hide(std::size_t begin, std::size_t end);    // [at_, begin) is fine, then a secret
    bool hide_value(std::size_t begin, std::size_t end);

    std::string_view in_;
    std::string& out_;
    int depth_;
    std::size_t at_ = 0;
    std::size_t judged_ = 0;           // up to here words were looked at as a whole
    std::string_view program_;         // named earlier on the line, with options that take secrets
    std::string_view last_;            // the word before
    bool login_seen_ = false;          // as in .netrc
};

}  // namespace redact
