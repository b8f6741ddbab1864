#pragma once

// The commit that was built, 40 hex digits, with "+changes" behind where the tree had uncommitted ones; "" outside git.
const char *usher_build_commit(void);
