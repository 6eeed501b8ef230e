#include "tools/tomte/cli.hpp"

int main(int argc, char** argv) { return tomte::run_command_line(argc, argv); }
