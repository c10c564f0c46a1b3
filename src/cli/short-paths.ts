import { relative } from 'node:path'

/** Absolute paths inside the working directory as people type them. */
export function shortPaths(text: string, cwd: string = process.cwd()): string {
  return text.replaceAll(/\/[^\s:;,()'"]+/g, (path) => {
    const short = path.startsWith(`${cwd}/`) ? relative(cwd, path) : path
    return short === '' ? path : short
  })
}
