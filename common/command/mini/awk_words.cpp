#include "common/command/mini/awk_words.hpp"

#include <array>

#include "common/command/mini/scanner.hpp"

namespace command {
namespace {

constexpr std::array<std::string_view, 25> kFunctions{
    "length",  "substr",   "index",   "split",  "sub",    "gsub",     "match", "sprintf", "sin",
    "cos",     "atan2",    "exp",     "log",    "sqrt",   "int",      "rand",  "srand",   "tolower",
    "toupper", "strftime", "systime", "mktime", "gensub", "strtonum", "asort"};
constexpr std::array<std::string_view, 22> kReaching{
    "ARGC",   "ARGV",    "ENVIRON",  "FUNCTAB",   "PROCINFO", "SYMTAB", "close", "do",
    "fflush", "func",    "function", "getline",   "nextfile", "system", "while", "return",
    "eval",   "include", "load",     "extension", "switch",   "default"};
constexpr std::array<std::string_view, 13> kKeywords{"BEGIN",  "END",   "if",      "else", "for",
                                                     "in",     "print", "printf",  "next", "exit",
                                                     "delete", "break", "continue"};

}  // namespace

bool is_awk_function(std::string_view name) { return is_one_of(name, kFunctions); }

bool is_awk_keyword(std::string_view name) { return is_one_of(name, kKeywords); }

bool is_awk_reaching(std::string_view name) { return is_one_of(name, kReaching); }

}  // namespace command
