#include "tools/simulate/envelopes.hpp"

#include <charconv>

namespace simulate {
namespace {

std::size_t index_of(std::string const& envelope) {
    std::size_t index = 0;
    std::from_chars(envelope.data(), envelope.data() + envelope.size(), index);
    return index;
}

}  // namespace

std::string Envelopes::seal(domain::Command command) {
    commands_.push_back(std::move(command));
    return std::to_string(commands_.size() - 1);
}

std::string Envelopes::seal(wire::Welcome welcome) {
    welcomes_.push_back(std::move(welcome));
    return std::to_string(welcomes_.size() - 1);
}

domain::Command const& Envelopes::command(std::string const& envelope) const {
    return commands_.at(index_of(envelope));
}

wire::Welcome const& Envelopes::welcome(std::string const& envelope) const {
    return welcomes_.at(index_of(envelope));
}

std::string body_of(domain::Command const& command) {
    std::string text = command.id + " " + std::to_string(base::unix_ms(command.expires_at)) + " " +
                       command.incident + " " + std::to_string(command.attempt);
    if (auto const* remedy = std::get_if<domain::RemedyOrder>(&command.order)) {
        text += " " + remedy->remedy + " " + remedy->hash;
        for (auto const& [name, value] : remedy->params) text += " " + name + "=" + value;
    } else {
        text += " " + std::get<domain::LineOrder>(command.order).line;
    }
    return text;
}

}  // namespace simulate
