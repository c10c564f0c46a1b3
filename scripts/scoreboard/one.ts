/** Takes the figures of one measure and prints them as a line of JSON: `one.ts <name> <quick|full> <seed>`. */
import { measures } from './measures.ts'

const [name = '', size, seed] = process.argv.slice(2)
const measure = measures[name]
if (measure === undefined) throw new Error(`there is no measure "${name}"`)
const take = await measure.load()
const figures = await take({ size: size === 'full' ? 'full' : 'quick', seed: Number(seed) })
process.stdout.write(`\n${JSON.stringify({ figures })}\n`, () => process.exit(0))
