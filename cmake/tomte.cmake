# How every folder of this project becomes a target. One folder is one library named after its
# path (common/base -> common_base), so that an include a folder has no right to does not link.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM AND NOT CMAKE_CROSSCOMPILING AND NOT CMAKE_BUILD_TYPE STREQUAL "Release")
  add_link_options(-fuse-ld=mold)
endif()

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# Each flag on its own line with its reason.
set(TOMTE_WARNINGS
  -Wall -Wextra            # the compiler's own advice
  -Wconversion             # a silent narrowing is a wrong number on a Pi
  -Wshadow                 # two things of one name: the reader takes the wrong one
  -Wold-style-cast         # a C cast hides which of four casts was meant
  -Wsuggest-override       # a port whose method was renamed must not compile
  -Wnon-virtual-dtor       # ports are deleted through their base
  -Wno-maybe-uninitialized # GCC 12 sees it inside std::variant and std::regex (GCC bug 105593)
)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # GCC 12 sees overlap where none is once it inlines std::string (GCC bug 105329).
  list(APPEND TOMTE_WARNINGS -Wno-restrict)
endif()
if(TOMTE_WERROR)
  list(APPEND TOMTE_WARNINGS -Werror)
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  list(APPEND TOMTE_WARNINGS -Wno-unknown-warning-option)  # some of the above are GCC's
endif()
if(TOMTE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(TOMTE_SANITIZE)
  add_compile_options(-fsanitize=${TOMTE_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TOMTE_SANITIZE})
  if(TOMTE_SANITIZE MATCHES undefined)
    add_compile_options(-fno-sanitize-recover=undefined)  # a report that goes on is a report nobody reads
  endif()
  if(TOMTE_SANITIZE MATCHES thread)
    add_compile_options(-Wno-tsan)  # asio uses fences that GCC's TSan cannot model
  endif()
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # For size: an agent must fit beside everything on a Pi. The coordinator has its own (below).
  string(REPLACE "-O3" "-Os" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
  add_compile_options(-ffunction-sections -fdata-sections)
  add_link_options(-Wl,--gc-sections -Wl,--as-needed)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_options(-O1 -g1)  # -O0 with sanitizers makes the suite five times slower
endif()

# tomte_library(<folder> [DEPENDS targets...] [LIBS libraries...])
# DEPENDS are the folders this one may include; LIBS are third-party and stay private to its .cpp
# files. A folder without .cpp files (a port) becomes an INTERFACE target. RECURSE takes the folders
# below it into the same target.
function(tomte_library folder)
  cmake_parse_arguments(ARG "RECURSE" "" "DEPENDS;LIBS;PUBLIC_LIBS" ${ARGN})
  string(REPLACE "/" "_" name ${folder})
  if(ARG_RECURSE)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  else()
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  endif()
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(sources)
    add_library(${name} STATIC ${sources})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
    target_compile_options(${name} PRIVATE ${TOMTE_WARNINGS})
    if(CMAKE_BUILD_TYPE STREQUAL "Release" AND folder MATCHES "^coordinator/")
      target_compile_options(${name} PRIVATE -O2)  # one per fleet, and the fleet waits for it
    endif()
    target_link_libraries(${name} PUBLIC ${ARG_DEPENDS} ${ARG_PUBLIC_LIBS} PRIVATE ${ARG_LIBS})
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${ARG_DEPENDS} ${ARG_PUBLIC_LIBS})
  endif()
endfunction()

# tomte_program(<name> <folder of main.cpp> DEPENDS targets...)
function(tomte_program name folder)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBS" ${ARGN})
  add_executable(${name} ${CMAKE_SOURCE_DIR}/${folder}/main.cpp)
  target_compile_options(${name} PRIVATE ${TOMTE_WARNINGS})
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} ${ARG_LIBS})
endfunction()

# tomte_tests(<name> <folder> DEPENDS targets...): one binary of every *_test.cpp below the folder.
function(tomte_tests name folder)
  cmake_parse_arguments(ARG "" "TIMEOUT" "DEPENDS;LIBS;LABELS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  if(NOT sources)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${sources})
  target_compile_options(${name} PRIVATE ${TOMTE_WARNINGS})
  target_compile_definitions(${name} PRIVATE TOMTE_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                                             TOMTE_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} ${ARG_LIBS} GTest::gtest GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()

# tomte_catalog(<library>): adds the tables made from common/command/catalog/*.toml. The compiler runs
# on the machine that builds; who builds for another machine names one in TOMTE_CATALOG_COMPILER.
set(TOMTE_CATALOG_COMPILER "" CACHE FILEPATH "A tomte-catalog-compiler that runs here (cross builds)")
function(tomte_catalog library)
  set(folder ${CMAKE_SOURCE_DIR}/common/command)
  if(TOMTE_CATALOG_COMPILER)
    set(compiler ${TOMTE_CATALOG_COMPILER})
  elseif(CMAKE_CROSSCOMPILING)
    message(FATAL_ERROR "a cross build needs -DTOMTE_CATALOG_COMPILER=<a native tomte-catalog-compiler>")
  else()
    file(GLOB sources CONFIGURE_DEPENDS ${folder}/compile/*.cpp)
    add_executable(tomte-catalog-compiler ${sources} ${folder}/operand_names.cpp
                                          ${folder}/mini_names.cpp)
    target_compile_options(tomte-catalog-compiler PRIVATE ${TOMTE_WARNINGS})
    target_link_libraries(tomte-catalog-compiler PRIVATE common_domain common_base)
    set(compiler tomte-catalog-compiler)
  endif()
  file(GLOB catalogue CONFIGURE_DEPENDS ${folder}/catalog/*.toml)
  set(tables ${CMAKE_BINARY_DIR}/generated/catalog_tables.cpp)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated)
  add_custom_command(OUTPUT ${tables}
                     COMMAND ${compiler} ${tables} ${catalogue}
                     DEPENDS ${compiler} ${catalogue}
                     COMMENT "Compiling the catalogue of programs" VERBATIM)
  target_sources(${library} PRIVATE ${tables})
endfunction()
