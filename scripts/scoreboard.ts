/**
 * The figures that show whether the promises hold: `npm run scoreboard [-- --only 5,6,storm --size full --seed 1]`.
 * Each is measured now, on this machine alone, and printed with its target and its seed; what was not run is named with
 * the reason. `few`: it is right so far, in fewer cases than the target asks for, and claims nothing. Exits with 0 exactly
 * if nothing that ran has missed its target; at full size a figure in too few cases has. With `--write` the figures go into
 * docs/internals/scoreboard.md too.
 */
import { parseArgs } from 'node:util'
import { type Figure, type How, tableOf } from './scoreboard/figure.ts'
import { measures, unmeasured } from './scoreboard/measures.ts'
import { writePage } from './scoreboard/page.ts'
import { taken } from './scoreboard/taken.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    size: { type: 'string', default: 'quick' },
    seed: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
})
const rowCount = 32
const how: How = { size: sizeOf(values.size), seed: Number(values.seed) }
const wanted = values.only === '' ? [] : values.only.split(',')
const figures: Figure[] = []
const notRun = new Map<string, string>()
for (const name of wanted)
  if (!(name in measures) && !(Number(name) >= 1 && Number(name) <= rowCount))
    throw new Error(
      `there is no figure "${name}": they are 1 to ${rowCount}, or ${Object.keys(measures).join(', ')}`,
    )
for (const [name, measure] of Object.entries(measures)) {
  const isWanted =
    wanted.length === 0 || wanted.includes(name) || measure.rows.some((row) => wanted.includes(String(row)))
  const rows = measure.rows.join(', ')
  if (!isWanted) {
    notRun.set(rows, `${name} was not asked for`)
    continue
  }
  process.stderr.write(`${name} …\n`)
  try {
    figures.push(...(await taken(name, measure, how)))
  } catch (thrown) {
    process.exitCode = 1
    notRun.set(rows, `${name} failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
  }
}
for (const [row, reason] of Object.entries(unmeasured)) notRun.set(row, reason)
const sorted = figures.toSorted((one, two) => one.row - two.row)
if (sorted.length > 0) console.log(tableOf(sorted))
if (notRun.size > 0) console.log('\nNot run:')
for (const [rows, reason] of notRun) console.log(`  ${rows}: ${reason}`)
if (values.write) await writePage(sorted, notRun, how)
const isMissed = ({ standing }: Figure): boolean =>
  standing === 'missed' || (how.size === 'full' && standing === 'few')
if (figures.some(isMissed)) process.exitCode = 1

function sizeOf(text: string): How['size'] {
  if (text === 'quick' || text === 'full') return text
  throw new Error(`the size is quick or full, not "${text}"`)
}
