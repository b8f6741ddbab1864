#include "CLateBinding.h"

#include <stdio.h>
#include <unistd.h>

static void end_without(struct late_library *library) {
  fprintf(stderr, "usher: cannot load %s\n  cause: %s\n  hint: apt-get install %s\n", library->name, dlerror(), library->package);
  // 69: without its client library a store cannot be reached. Nothing is under way yet, so nothing is left to tidy up.
  _exit(69);
}

void *late_symbol(struct late_library *library, const char *function) {
  void *handle = __atomic_load_n(&library->handle, __ATOMIC_ACQUIRE);
  if (!handle) {
    // A second thread that comes here too gets the same handle: the loader counts and locks by itself.
    handle = dlopen(library->name, RTLD_NOW | RTLD_LOCAL);
    if (!handle) end_without(library);
    __atomic_store_n(&library->handle, handle, __ATOMIC_RELEASE);
  }
  void *address = dlsym(handle, function);
  if (!address) end_without(library);
  return address;
}
