/**
 * The figures that show whether the promises hold: `npm run scoreboard [-- --only crash,backward,bill,fuzz,fleet,storm,packages]
 * [--whole] [--seed 1]`. Each is measured now, by the tests and scripts that anyone can run, and printed with its target
 * and seed; what was not run is left out. `--whole` takes every crash point, twenty thousand calls and five minutes of
 * restarts in place of a sample. Exits with 1 when a figure misses its target.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { z } from 'zod'

interface Figure {
  readonly figure: string
  readonly target: string
  readonly measured: string
  readonly seed: string
  readonly isMet: boolean
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'crash,backward,bill,fuzz,packages' },
    whole: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
})
const { whole, seed } = values

/** Runs a program of this project to its end and returns what it printed, and whether all went well. */
async function ran(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly isGood: boolean; readonly output: string }> {
  process.stderr.write(`… ${args.join(' ')}\n`)
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const pieces: Buffer[] = []
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece))
  const [code]: readonly unknown[] = await once(child, 'close')
  return { isGood: code === 0, output: Buffer.concat(pieces).toString() }
}

const vitest = 'node_modules/vitest/vitest.mjs'
const source = ['-C', 'offpeak-source']

function tests(file: string, env: Readonly<Record<string, string>> = {}): ReturnType<typeof ran> {
  return ran([vitest, 'run', file, '--reporter=default'], env)
}

/** The line of JSON that a test prints about itself. Throws when there is none: then nothing was measured. */
function printed<Value>(output: string, schema: z.ZodType<Value>): Value {
  for (const line of output.split('\n')) {
    if (!line.trimStart().startsWith('{')) continue
    const parsed = schema.safeParse(JSON.parse(line))
    if (parsed.success) return parsed.data
  }
  throw new Error(`no figures were printed:\n${output.slice(-2_000)}`)
}

/** How many tests passed, by the summary of the runner. */
function passed(output: string): number {
  const escape = String.fromCodePoint(27)
  const plain = output.replaceAll(new RegExp(`${escape}\\[[0-9;]*m`, 'g'), '')
  return Number(/Tests .*?(\d+) passed/.exec(plain)?.[1] ?? 0)
}

function none(figure: string, count: number, runs: string, isGood = true): Figure {
  return { figure, target: '0', measured: `${count} in ${runs}`, seed: '–', isMet: count === 0 && isGood }
}

const measures: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  async crash() {
    const { isGood, output } = await tests(
      'test/crash/crash.test.ts',
      whole ? { OFFPEAK_CRASH_MATRIX: 'whole' } : {},
    )
    const found = printed(
      output,
      z.object({
        runs: z.number(),
        kills: z.number(),
        lostRecords: z.number(),
        paidTwiceRequests: z.number(),
        overshootMicroUsd: z.number(),
      }),
    )
    const runs = `${found.runs} runs, ${found.kills} kills`
    return [
      {
        figure: 'runs that survive kill -9 at a named point',
        target: 'all',
        measured: `${isGood ? 'all' : 'not all'} of ${found.runs}`,
        seed: '–',
        isMet: isGood,
      },
      none('records lost to kills', found.lostRecords, runs),
      none('requests paid twice after kills', found.paidTwiceRequests, runs),
      none('millionths of a dollar over the cap, by the bill', Math.max(0, found.overshootMicroUsd), runs),
    ]
  },
  async backward() {
    const { isGood, output } = await tests(
      'test/crash/backward.test.ts',
      whole ? { OFFPEAK_CRASH_MATRIX: 'whole' } : {},
    )
    const { backward } = printed(
      output,
      z.object({ backward: z.object({ restored: z.number(), lost: z.number(), boughtAgain: z.number() }) }),
    )
    const states = `${backward.restored} states restored, ${backward.lost} lost`
    return [none('requests bought again by an older or new state', backward.boughtAgain, states, isGood)]
  },
  async bill() {
    const { isGood, output } = await tests('test/engine/bill.test.ts')
    const count = passed(output)
    return [
      {
        figure: 'situations of a service in which the cap holds against the bill',
        target: '≥ 40, all',
        measured: `${count}${isGood ? ', all' : ', not all'}`,
        seed: '–',
        isMet: isGood && count >= 40,
      },
    ]
  },
  async fuzz() {
    const count = whole ? 20_000 : 3_000
    const { isGood, output } = await ran([...source, 'test/server/fuzz.ts', String(count), seed])
    const wrong = /^(\d+) wrong/m.exec(output)?.[1] ?? '0'
    return [
      {
        figure: 'calls of the API that are answered wrongly',
        target: '0',
        measured: `${wrong} in ${count}`,
        seed,
        isMet: isGood,
      },
    ]
  },
  async fleet() {
    const { isGood, output } = await ran([
      ...source,
      'scripts/fleet.ts',
      '--minutes',
      whole ? '5' : '1',
      '--seed',
      seed,
    ])
    const found = z
      .object({
        died: z.number(),
        lost: z.number(),
        billedTwice: z.number(),
        restarts: z.number(),
        records: z.number(),
      })
      .parse(JSON.parse(output))
    const runs = `${found.records} records, ${found.restarts} restarts`
    return [
      { ...none('workers that died of a restart of PostgreSQL', found.died, runs, isGood), seed },
      { ...none('records lost under restarts', found.lost, runs), seed },
      { ...none('requests billed twice under restarts', found.billedTwice, runs), seed },
    ]
  },
  async storm() {
    const { isGood, output } = await ran([
      ...source,
      'scripts/storm.ts',
      ...(whole ? [] : ['--records', '10000']),
    ])
    return [
      {
        figure: 'checks of a run at a service with eight faults at once',
        target: 'all',
        measured: `${output.match(/^ok /gm)?.length ?? 0} right, ${output.match(/^WRONG /gm)?.length ?? 0} wrong`,
        seed: '–',
        isMet: isGood,
      },
    ]
  },
  async packages() {
    const manifest = z
      .object({ dependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(await readText('package.json')))
    const lock = z
      .object({
        packages: z.record(
          z.string(),
          z.object({ dev: z.boolean().optional(), optional: z.boolean().optional() }),
        ),
      })
      .parse(JSON.parse(await readText('package-lock.json')))
    const direct = Object.keys(manifest.dependencies).length
    const all = Object.entries(lock.packages).filter(
      ([path, { dev, optional }]) => path !== '' && dev !== true && optional !== true,
    ).length
    return [
      {
        figure: 'packages that an installation brings, direct and in total',
        target: '≤ 12, ≤ 60',
        measured: `${direct}, ${all}`,
        seed: '–',
        isMet: direct <= 12 && all <= 60,
      },
    ]
  },
}

async function readText(path: string): Promise<string> {
  const { readFile } = await import('node:fs/promises')
  return readFile(new URL(`../${path}`, import.meta.url), 'utf8')
}

const figures: Figure[] = []
for (const name of values.only.split(',')) {
  const measure = measures[name]
  if (measure === undefined)
    throw new Error(`there is no measure "${name}"; there are ${Object.keys(measures).join(', ')}`)
  figures.push(...(await measure()))
}
const head = { figure: 'figure', target: 'target', measured: 'measured', seed: 'seed' } as const
const columns = ['figure', 'target', 'measured', 'seed'] as const
const widths = columns.map((column) => Math.max(...[head, ...figures].map((row) => row[column].length)))
for (const row of [head, ...figures])
  console.log(
    `${'isMet' in row ? (row.isMet ? 'met   ' : 'MISSED') : '      '} ${columns
      .map((column, index) => row[column].padEnd(widths[index] ?? 0))
      .join('  ')}`.trimEnd(),
  )
if (figures.some(({ isMet }) => !isMet)) process.exitCode = 1
