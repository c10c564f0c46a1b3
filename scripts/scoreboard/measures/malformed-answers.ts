import { AnswerReader } from '../../../src/engine/answers/batch-lines.ts'
import { lineSplitter } from '../../../src/planning/text/split-lines.ts'
import { readLine as readAnthropic } from '../../../src/providers/anthropic/lines.ts'
import { readLine as readGemini } from '../../../src/providers/gemini/lines.ts'
import { readLine as readOpenai } from '../../../src/providers/openai/openai-answer.ts'
import { readLine as readXai } from '../../../src/providers/xai/lines.ts'
import { anthropicLines, geminiLines, openaiLines, xaiLines } from '../../../test/testing/sample-lines.ts'
import { type Figure, type How, none } from '../figure.ts'
import { seededRandom } from '../../../src/emulator/core/random.ts'
import { below } from '../shuffled.ts'

const tag = 'abcd'

const services = [
  { readLine: readOpenai, samples: openaiLines },
  { readLine: readAnthropic, samples: anthropicLines },
  { readLine: readGemini, samples: geminiLines },
  { readLine: readXai, samples: xaiLines },
].map(({ readLine, samples }) => ({
  readLine,
  lines: samples.map(({ line }) => JSON.stringify(line)),
}))

const hostile = [
  '\u2028',
  '\u0085',
  '\r',
  '\ufeff',
  '\u0000',
  '"__proto__":{"x":1},',
  '1e400',
  '-0',
  '9007199254740993',
  '\\ud800',
  '['.repeat(3_000),
  '{"a":'.repeat(600),
  '}{',
  'null',
  '\n\n',
  '<html>',
]

type Change = (random: () => number, bytes: Buffer) => Buffer

/** What networks, proxies and services do to a file. */
const changes: readonly Change[] = [
  (random, bytes) => bytes.subarray(0, below(random, bytes.length + 1)),
  (random, bytes) => bytes.subarray(below(random, bytes.length + 1)),
  (random, bytes) => {
    const flipped = Buffer.from(bytes)
    for (let count = 1 + below(random, 4); count > 0; count -= 1)
      flipped[below(random, Math.max(1, flipped.length))] = below(random, 256)
    return flipped
  },
  (random, bytes) => {
    const at = below(random, bytes.length + 1)
    const piece = Buffer.from(hostile[below(random, hostile.length)] ?? '')
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)])
  },
  (random, bytes) => {
    const [from, to] = [below(random, bytes.length + 1), below(random, bytes.length + 1)]
    return Buffer.concat([bytes, bytes.subarray(Math.min(from, to), Math.max(from, to))])
  },
  (random, bytes) => {
    const [from, to] = [below(random, bytes.length + 1), below(random, bytes.length + 1)]
    return Buffer.concat([bytes.subarray(0, Math.min(from, to)), bytes.subarray(Math.max(from, to))])
  },
  (_random, bytes) => Buffer.from(bytes.toString().replaceAll('\n', '\r\n')),
  (_random, bytes) => Buffer.from(bytes.toString('utf8'), 'utf16le'),
  (_random, bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
]

/** What one input came to, by an independent count of its bytes. */
interface Judged {
  readonly lines: number
  readonly unaccounted: number
  readonly wrongly: number
}

/**
 * What is read of a file, beside what is in it by a plain split at 0x0A: each piece is told once, at its place, and a line
 * that is untouched is read as the request that it answers.
 */
function judge(
  bytes: Buffer,
  untouched: ReadonlyMap<string, number>,
  readLine: (typeof services)[number]['readLine'],
  random: () => number,
): Judged {
  const reader = new AnswerReader({ line: readLine }, tag)
  const told = new Map<number, ReturnType<AnswerReader['read']>>()
  let unaccounted = 0
  const splitter = lineSplitter((line) => {
    if (told.has(line.offset)) unaccounted += 1
    told.set(line.offset, reader.read(line))
  })
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + 1 + below(random, 700))
    splitter.push(bytes.subarray(at, end))
    at = end
  }
  splitter.end()
  let [lines, wrongly] = [0, 0]
  for (let at = 0; at < bytes.length;) {
    const next = bytes.indexOf(0x0a, at)
    const end = next === -1 ? bytes.length : next
    const text = bytes.toString('latin1', at, end).replace(/\r$/, '')
    lines += 1
    const line = told.get(at)
    if (line === undefined || line.length !== text.length) unaccounted += 1
    else if (text !== '' && line.found === null) unaccounted += 1
    else {
      const known = untouched.get(text)
      if (known !== undefined && !(line.found !== null && 'line' in line.found && line.found.line === known))
        wrongly += 1
    }
    at = end + 1
  }
  return { lines, unaccounted: unaccounted + Math.abs(told.size - lines), wrongly }
}

/** Answer files that networks and services have spoilt. */
export async function malformedAnswers(
  { size, seed }: How,
  inputs: number = size === 'full' ? 1_000_000 : 100_000,
): Promise<readonly Figure[]> {
  const random = seededRandom(seed)
  const sum = { lines: 0, unaccounted: 0, wrongly: 0, crashes: 0, hangs: 0 }
  for (let input = 0; input < inputs; input += 1) {
    const { lines, readLine } = services[input % services.length] ??
      services[0] ?? { lines: [], readLine: readOpenai }
    const chosen = Array.from(
      { length: 1 + below(random, 6) },
      () => lines[below(random, lines.length)] ?? '',
    )
    const untouched = new Map(
      chosen.map((line) => [
        Buffer.from(line).toString('latin1'),
        Number(/"(?:custom_id|key|batch_request_id)":"abcd-(\d+)"/.exec(line)?.[1] ?? Number.NaN),
      ]),
    )
    let bytes: Buffer = Buffer.from(`${chosen.join('\n')}\n`)
    for (let count = below(random, 4); count > 0; count -= 1)
      bytes = (changes[below(random, changes.length)] ?? ((_random, same) => same))(random, bytes)
    const begun = performance.now()
    try {
      const { lines: read, unaccounted, wrongly } = judge(bytes, untouched, readLine, random)
      sum.lines += read
      sum.unaccounted += unaccounted
      sum.wrongly += wrongly
    } catch (thrown) {
      sum.crashes += 1
      process.stderr.write(`input ${input}: ${String(thrown)}\n`)
    }
    if (performance.now() - begun > 1_000) sum.hangs += 1
  }
  const more = { seed, asked: 100_000 }
  return await Promise.resolve([
    none(11, 'crashes by malformed answers', sum.crashes, inputs, 'inputs', more),
    none(11, 'inputs that are read for longer than a second', sum.hangs, inputs, 'inputs', more),
    none(
      11,
      'whole lines among spoilt ones that are not read as what they are',
      sum.wrongly,
      inputs,
      'inputs',
      more,
    ),
    none(12, 'lines that are told by no one, or twice', sum.unaccounted, sum.lines, 'lines', { seed }),
  ])
}
