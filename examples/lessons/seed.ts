/**
 * Writes `data/outline.md`: `node seed.ts [--lessons N] [--from outline.md] [--reset]`
 *
 * Makes up the outline of a course in 15 modules, with 336 lessons when nothing is said, or copies one of yours. An
 * outline that is there stays; `--reset` replaces it. Lessons that were written are never touched.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { courseOutline } from './outline.ts'

const { values: options } = parseArgs({
  options: {
    lessons: { type: 'string', default: '336' },
    from: { type: 'string' },
    reset: { type: 'boolean', default: false },
  },
})
const wanted = Number(options.lessons)
if (!Number.isSafeInteger(wanted) || wanted < 1 || wanted > 999) {
  console.error(`--lessons takes a whole number from 1 to 999, not ${options.lessons}`)
  process.exit(2)
}
const outline =
  options.from === undefined ? courseOutline(wanted) : await readFile(resolve(options.from), 'utf8')
const path = join(import.meta.dirname, 'data', 'outline.md')
await mkdir(join(import.meta.dirname, 'data'), { recursive: true })
try {
  await writeFile(path, outline, { flag: options.reset ? 'w' : 'wx' })
} catch (thrown) {
  if (!(thrown instanceof Error) || Reflect.get(thrown, 'code') !== 'EEXIST') throw thrown
  console.log('The outline is there already; --reset replaces it.')
}
const kept = await readFile(path, 'utf8')
const count = (level: RegExp): number => kept.match(level)?.length ?? 0
console.log(`Outline  ${path}`)
console.log(`Holds    ${count(/^### /gm)} lessons in ${count(/^## /gm)} modules`)
