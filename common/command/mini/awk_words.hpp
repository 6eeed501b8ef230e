// The words of awk that are known here.
#pragma once

#include <string_view>

namespace command {

// Built-in functions that compute from their arguments.
bool is_awk_function(std::string_view name);
// Words of the language that are handled by the parser.
bool is_awk_keyword(std::string_view name);
// Names through which a program reaches files, programs, the environment or its own arguments (a
// changed ARGV is another file read), and words whose loops or calls need not end.
bool is_awk_reaching(std::string_view name);

}  // namespace command
