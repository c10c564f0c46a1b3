import { readFileSync } from 'node:fs'
import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { knownMarkers, knownScenarios, startEmulator } from '../../src/emulator/index.ts'
import { bodyOf } from './emulator-kit.ts'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/emulator.md'), 'utf8')

describe('the list of scenarios', () => {
  it('is the same in the documents as in the code, with every option', () => {
    const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` \| (.*) \| ?(.*?) ?\|$/gm)].map(
      ([, name, summary, options]) => ({
        name,
        summary,
        options,
      }),
    )
    const wanted = knownScenarios.map(({ name, summary, options }) => ({
      name,
      summary,
      options: options
        .map(
          (option) =>
            `\`${option.name}=${option.fallback}\` ${option.about}${option.choices.length === 0 ? '' : ` (${option.choices.join(', ')})`}`,
        )
        .join('; '),
    }))
    expect(rows).toEqual(wanted)
  })

  it('is told by the control API', async () => {
    await using emulator = await startEmulator()
    const told = await bodyOf<object>(fetch(`${emulator.url}/_emulator/scenarios`))
    expect(told).toEqual({ scenarios: knownScenarios })
  })

  it('has plain names, one line for each, and none twice', () => {
    expect(new Set(knownScenarios.map(({ name }) => name)).size).toBe(knownScenarios.length)
    for (const { name, summary } of knownScenarios) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      expect(summary.length, name).toBeLessThan(120)
      expect(summary, name).not.toContain('\n')
    }
  })

  it('has a test for each', async () => {
    const texts = await Promise.all(
      (await Array.fromAsync(glob('test/emulator/**/*.test.ts', { cwd: root }))).map((path) =>
        readFile(join(root, path), 'utf8'),
      ),
    )
    const all = texts.join('\n')
    const unplayed = knownScenarios.filter(({ name }) => !new RegExp(`['\`]${name}[':@\`]`).test(all))
    expect(unplayed.map(({ name }) => name)).toEqual([])
  })

  it('stands beside the markers, which the documents name as well', () => {
    for (const marker of knownMarkers) expect(page).toContain(`\`[[${marker}]]\``)
  })
})
