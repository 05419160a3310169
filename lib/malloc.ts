/**
 * Environment for processes that handle whole mails: glibc gives large pieces of memory back at once,
 * and has one pool instead of one per thread. Left alone it learns from large pieces to keep them, and
 * a worker that has seen a few mails of 10 MB stays 100 MB larger than what it uses (mallopt(3)).
 * Nothing else reads these.
 */
export const SPARING_MALLOC = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_MMAP_THRESHOLD_: "262144",
  MALLOC_TRIM_THRESHOLD_: "262144",
};
