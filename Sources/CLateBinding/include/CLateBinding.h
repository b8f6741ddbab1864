#pragma once

// Functions of a shared library that is loaded when the first of them is called.
//
// The loader needs six milliseconds for libpq and its two dozen libraries, and two for librdkafka: more than everything
// else that usher does before it works, and most commands need one of the two or neither.

#include <dlfcn.h>

struct late_library {
  /// As the dynamic loader searches for it: "libpq.so.5".
  const char *name;
  /// The package of Debian that has it, for the message.
  const char *package;
  void *handle;
};

/// The function's address. Ends the process with status 69 and a message when the library, or the function in it, is missing.
void *late_symbol(struct late_library *library, const char *function);

/// Defines a function of the library: its declaration is the library's own header, which the compiler compares.
/// Two threads may both be first: they find the same address.
#define LATE_IN(library, type, name, parameters, arguments)                     \
  type name parameters {                                                        \
    static __typeof__(&name) bound;                                             \
    __typeof__(&name) function = __atomic_load_n(&bound, __ATOMIC_RELAXED);     \
    if (!function) {                                                            \
      function = (__typeof__(&name))late_symbol(&library, #name);               \
      __atomic_store_n(&bound, function, __ATOMIC_RELAXED);                     \
    }                                                                           \
    return function arguments;                                                  \
  }
