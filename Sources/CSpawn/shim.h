// What glibc declares only under _GNU_SOURCE, which Swift's Glibc module is built without.
#pragma once
#include <spawn.h>
#include <stddef.h>

int pipe2(int ends[2], int flags);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);

static const int usher_POSIX_SPAWN_SETSID = 0x80;

int posix_openpt(int flags);
int grantpt(int terminal);
int unlockpt(int terminal);
int ptsname_r(int terminal, char *name, size_t capacity);
