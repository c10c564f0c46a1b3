/**
 * How commands that carry data run. Left to itself, V8 takes 128 MB for young objects on a large machine, lets garbage
 * grow to several times of what lives, and comes to keep the rows of a long reading as if they lived long: half a
 * gigabyte where a quarter does.
 */
export const nodeFlags = [
  '--max-semi-space-size=16',
  '--no-allocation-site-pretenuring',
  '--heap-growing-percent=100',
]

/**
 * Left to itself, glibc keeps the memory that each of a dozen threads has ever asked for in a place of the thread's own,
 * where nobody else can use it.
 */
export const memoryEnvironment = { MALLOC_ARENA_MAX: '2' }

export const carriesData = new Set([
  'run',
  'resume',
  'retry',
  'worker',
  'serve',
  'dev',
  'build',
  'submit',
  'merge',
  'results',
])
