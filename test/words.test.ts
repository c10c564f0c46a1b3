import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { outcomeNames, outcomes } from '../src/domain/outcome.ts'
import { waitKinds, type WaitRule, waits } from '../src/domain/wait.ts'

const operations = readFileSync(resolve(import.meta.dirname, '../docs/operations.md'), 'utf8')

/** A module of the dashboard, which is a program of its own and no part of the types here. */
async function ofDashboard<Module>(name: string, exported: z.ZodType<Module>): Promise<Module> {
  const path = resolve(import.meta.dirname, '../dashboard/src/words', name)
  return exported.parse(await import(path))
}

/** The rows of the table below a heading, cell by cell. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const [, after = ''] = operations.split(`\n## ${heading}\n`)
  const [section = ''] = after.split('\n## ')
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '').trim()))
}

test('the dashboard says of each outcome what the rest of the house says', async () => {
  const said = z.record(z.string(), z.object({ words: z.string(), person: z.boolean() }))
  const pages = await ofDashboard('outcome.ts', z.object({ outcomes: said }))
  expect(pages.outcomes).toEqual(
    Object.fromEntries(
      outcomeNames.map((name) => [name, { words: outcomes[name].words, person: outcomes[name].person }]),
    ),
  )
})

test('the dashboard knows which waits have nothing wrong in them', async () => {
  const { waitsAtRest } = await ofDashboard('wait.ts', z.object({ waitsAtRest: z.array(z.string()) }))
  const atRest = waitKinds.filter((kind) => {
    const { bound }: WaitRule = waits[kind]
    return bound === null
  })
  expect(waitsAtRest.toSorted()).toEqual(atRest.toSorted())
})

const time = (ms: number): string =>
  ms === 0 ? 'at once' : ms % 3_600_000 === 0 ? `${ms / 3_600_000} h` : `${ms / 60_000} min`

test('the page about operations lists every wait with its words, when a person is asked, and the pause', () => {
  const expected = waitKinds.map((kind) => {
    const { label, bound }: WaitRule = waits[kind]
    return [
      `\`${kind}\``,
      label,
      bound === null
        ? 'never: nothing is wrong'
        : bound.afterMs === 0 && bound.tries === 1
          ? 'at once'
          : `${bound.afterMs === 0 ? '' : `${time(bound.afterMs)} and `}${bound.tries} tries`,
      bound === null ? '–' : `\`${bound.pausesAs}\``,
    ]
  })
  expect(tableUnder('What a run waits for')).toEqual(expected)
})

test('the page about operations has every outcome', () => {
  const named = tableUnder('What becomes of a record').flatMap(([names = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  )
  expect(new Set(named)).toEqual(new Set(outcomeNames.filter((name) => name !== 'pending')))
})
