#include "agent/hand/program.hpp"

int main(int argc, char** argv) { return hand::run_program(argc, argv); }
