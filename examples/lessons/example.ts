import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const shown = 3

/** The example from nothing to lessons in a folder: `npm run example -- lessons` plays it. */
export const example = {
  seed: ['seed.ts', '--lessons', '60'],
  runs: [
    ['plan', 'lessons'],
    ['run', 'lessons', '--max-cost', '$1'],
    ['run', 'lessons', '--max-cost', '$1'],
    ['report', 'lessons'],
  ],
  /** Prints some of the lessons that lie in the folder now. */
  async show(folder: string): Promise<void> {
    // The emulator has invented them, and keeps them apart from those that are in use.
    const lessons = join(folder, '.offpeak', 'emulator', 'project', 'lessons')
    const names = (await readdir(lessons)).toSorted()
    for (const name of names.filter((_, index) => index % Math.ceil(names.length / shown) === 0))
      console.log(`\n  lessons/${name}\n${indented(await readFile(join(lessons, name), 'utf8'))}`)
    console.log(`\n  ${names.length} lessons in ${lessons}`)
  },
} satisfies {
  readonly seed: readonly string[]
  readonly runs: readonly (readonly string[])[]
  readonly show: (folder: string) => Promise<void>
}

function indented(text: string): string {
  return text.trimEnd().replaceAll(/^(?=.)/gm, '    ')
}
