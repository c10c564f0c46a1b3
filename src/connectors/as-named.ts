/** What is read and written where no rehearsal has a copy: the very path that a job names. */
export function asNamed(path: string): string {
  return path
}
