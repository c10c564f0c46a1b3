import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bare, doors, exportsOf } from './exports.ts'

/** The names as they were agreed on: a line each, below the door they are exported from. */
const agreed = (await readFile(join(import.meta.dirname, 'exports.txt'), 'utf8')).trim().split('\n\n')

const uses: Readonly<Record<string, string>> = {
  offpeak: 'offpeak-jobs.ts offpeak-client.ts offpeak-connectors.ts offpeak-signatures.ts',
  'offpeak/postgres': 'offpeak-doors.ts',
  'offpeak/provider': 'offpeak-provider.ts',
  'offpeak/emulator': 'offpeak-doors.ts',
  'offpeak/testing': 'offpeak-doors.ts',
}

describe('the public names', () => {
  test('are those of test/surface/exports.txt: whoever adds or takes one away changes that list as well', async () => {
    const found = await Promise.all(
      Object.keys(doors).map(async (door) => [`# ${door}`, ...(await exportsOf(door))].join('\n')),
    )
    expect(found).toEqual(agreed)
  })

  test.each(Object.keys(doors))(
    'of %s are each used as a caller would, in a file that is type-checked',
    async (door) => {
      const files = (uses[door] ?? '').split(' ')
      const texts = await Promise.all(files.map((file) => readFile(join(import.meta.dirname, file), 'utf8')))
      const imports = /^import (?:type )?\{([^}]*)\} from '([^']*)'\n/gm
      const used = texts.flatMap((text) => {
        const rest = text.replaceAll(imports, '')
        return [...text.matchAll(imports)]
          .filter(([, , from]) => from === door)
          .flatMap(([, names = '']) => names.split(','))
          .map((name) => bare(name.trim()))
          .filter((name) => name !== '' && new RegExp(`\\b${name}\\b`).test(rest))
      })
      expect((await exportsOf(door)).map(bare).filter((name) => !used.includes(name))).toEqual([])
    },
  )
})
