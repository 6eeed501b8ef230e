#include "agent/app/program.hpp"

int main(int argc, char** argv) { return agent::run_program(argc, argv); }
