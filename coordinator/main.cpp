#include "coordinator/app/program.hpp"

int main(int argc, char** argv) { return coordinator::run_program(argc, argv); }
