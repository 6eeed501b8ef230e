// tomte-catalog-compiler OUT.cpp FILE.toml …: runs at build time, on the machine that builds.
#include <cstdio>
#include <iterator>
#include <string>
#include <vector>

#include "common/base/files.hpp"
#include "common/command/compile/model.hpp"

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fputs("usage: tomte-catalog-compiler OUT.cpp FILE.toml …\n", stderr);
        return 2;
    }
    bool good = true;
    std::vector<catalog_compiler::ProgramText> programs;
    for (int i = 2; i < argc; ++i) {
        auto const text = base::read_file(argv[i]);
        auto read = text ? catalog_compiler::read_programs(*text, argv[i])
                         : tl::make_unexpected(text.error());
        if (!read) std::fprintf(stderr, "%s\n", read.error().message.c_str());
        good = good && read.has_value();
        if (read) std::move(read->begin(), read->end(), std::back_inserter(programs));
    }
    if (!good) return 1;
    auto const out = catalog_compiler::write_tables(std::move(programs));
    if (!out) {
        std::fprintf(stderr, "%s\n", out.error().message.c_str());
        return 1;
    }
    auto* file = std::fopen(argv[1], "w");
    bool const written =
        file != nullptr && std::fwrite(out->data(), 1, out->size(), file) == out->size();
    if (file == nullptr || std::fclose(file) != 0 || !written) {
        std::perror(argv[1]);
        return 1;
    }
    return 0;
}
