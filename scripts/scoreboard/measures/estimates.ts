import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { get_encoding } from 'tiktoken'
import { z } from 'zod'
import { judgment } from '../../../examples/headnotes/judgments.ts'
import { costPicoUsd, type Price } from '../../../src/domain/money.ts'
import { specOf } from '../../../src/engine/spec.ts'
import { everything } from '../../../src/compose/selection.ts'
import { begin, carry, openKit, type KitProject } from '../../../test/engine/run-kit.ts'
import { type Figure, figureOf, type How, none } from '../figure.ts'
import { seededRandom } from '../../../src/emulator/core/random.ts'
import { below } from '../shuffled.ts'

const pilot = 20

interface Shape {
  readonly name: string
  readonly text: (record: number, random: () => number) => string
  readonly job?: string
}

const languages = [
  '委員会はその提案を詳しく検討した。',
  'คณะกรรมการพิจารณาข้อเสนออย่างละเอียด ',
  'نظرت اللجنة في الاقتراح بالتفصيل. ',
  'Комитет подробно рассмотрел предложение. ',
  '🚢🌊⚓️ समिति ने प्रस्ताव पर विचार किया। ',
]

const shapes: readonly Shape[] = [
  { name: 'short notes', text: (record) => `It came in at noon, the ${record}th of its kind.` },
  {
    name: 'judgments',
    text: (record, random) => judgment(record).fullText.slice(0, 2_000 + below(random, 20_000)),
    job: "prompt: ({ row }) => ({ system: 'Write a headnote of three sentences for the law reports.', user: row.text }),",
  },
  {
    name: 'languages',
    text: (record, random) => (languages[record % languages.length] ?? '').repeat(2 + below(random, 30)),
  },
  {
    name: 'code and tables',
    text: (record, random) =>
      Array.from(
        { length: 5 + below(random, 40) },
        (_line, at) =>
          `  const row_${at} = { id: 0x${(record * 7919 + at).toString(16)}, "v": [${at}, null] };`,
      ).join('\n'),
  },
  {
    name: 'many fields',
    text: (record) => `Record ${record}. ${judgment(record).fullText.slice(0, 1_500)}`,
    job: `output: z.object({ summary: z.string(), topics: z.array(z.string()), verdict: z.enum(['won', 'lost', 'unclear']), parties: z.object({ one: z.string(), other: z.string() }), year: z.number() }),
  to: { jsonl: 'out.jsonl', line: ({ output }) => ({ summary: output.summary }) },`,
  },
]

const requestLine = z.object({
  custom_id: z.string(),
  body: z.looseObject({
    messages: z.array(z.object({ role: z.string(), content: z.string() })),
    response_format: z.looseObject({ json_schema: z.looseObject({ schema: z.unknown() }) }).optional(),
  }),
})
const outputLine = z.looseObject({
  custom_id: z.string(),
  response: z.looseObject({
    body: z.looseObject({ usage: z.looseObject({ completion_tokens: z.number() }) }),
  }),
})

/**
 * What a request is by OpenAI's own tokenizer, in the way that OpenAI counts messages (OpenAI cookbook, "How to count tokens
 * with tiktoken"). How a schema is counted is told nowhere: its whole JSON text is above what is billed.
 */
class RealTokens {
  readonly #encoding = get_encoding('o200k_base')

  of(text: string): number {
    return this.#encoding.encode(text, [], []).length
  }

  input({ body }: z.infer<typeof requestLine>): number {
    const schema =
      body.response_format === undefined
        ? 0
        : this.of(JSON.stringify(body.response_format.json_schema.schema))
    return body.messages.reduce(
      (sum, { role, content }) => sum + 3 + this.of(role) + this.of(content),
      3 + schema,
    )
  }
}

function linesOf<Line>(path: string, line: z.ZodType<Line>): readonly Line[] {
  const texts = readFileSync(path, 'utf8').split('\n')
  return texts.filter((text) => text !== '').map((text) => line.parse(JSON.parse(text)))
}

interface Costs {
  readonly actualMicroUsd: number
  readonly batches: number
  /** Batches that cost more than was reserved for them. */
  readonly breaches: number
}

/**
 * What a run cost: what went out is counted by these tokens, and not as the service said; what an emulator makes up as an
 * answer is as long as it says.
 */
async function costsOf(project: KitProject, runId: string, price: Price, tokens: RealTokens): Promise<Costs> {
  const { store } = project.offpeak
  const files = join(project.dir, '.offpeak', 'files')
  const names = readdirSync(files)
  const reserved = new Map<number, number>()
  for (const { kind, attemptId, amountMicroUsd } of await store.ledger({ runId }))
    if (kind === 'reserve') reserved.set(attemptId, amountMicroUsd)
  const sum = { actualMicroUsd: 0, batches: 0, breaches: 0 }
  for (const { id, nonce } of await store.attempts(runId)) {
    const output = names.find((name) => name.startsWith(`${id}-${nonce}.output`))
    if (output === undefined) continue
    const answers = linesOf(join(files, output), outputLine)
    const tag = answers[0]?.custom_id.split('-')[0] ?? ''
    const asked = names.find((name) => name.startsWith(`${tag}.`) && /\.(?:jsonl|requests)/.test(name))
    if (asked === undefined) throw new Error(`there is no request file ${tag} among ${names.join(', ')}`)
    const requests = new Map(linesOf(join(files, asked), requestLine).map((line) => [line.custom_id, line]))
    let picoUsd = 0
    for (const { custom_id, response } of answers) {
      const request = requests.get(custom_id)
      if (request === undefined) throw new Error(`nobody asked for ${custom_id}`)
      const outputTokens = response.body.usage.completion_tokens
      picoUsd += costPicoUsd(price, { inputTokens: tokens.input(request), cachedTokens: 0, outputTokens })
    }
    const microUsd = picoUsd / 1_000_000
    sum.actualMicroUsd += microUsd
    sum.batches += 1
    if (microUsd > (reserved.get(id) ?? 0)) sum.breaches += 1
  }
  return sum
}

/** The estimate of a job beside what it costs by OpenAI's tokenizer, in five shapes, each after a small run of its kind. */
export async function estimates({ size, seed }: How): Promise<readonly Figure[]> {
  const records = pilot + (size === 'full' ? 1_000 : 80)
  const tokens = new RealTokens()
  const ratios: number[] = []
  const said: string[] = []
  let [breaches, batches] = [0, 0]
  for (const shape of shapes) {
    const random = seededRandom(seed)
    const texts = Array.from({ length: records }, (_text, record) => shape.text(record, random))
    await using project = await openKit({
      records,
      marker: (record) => texts[record] ?? '',
      service: {
        name: 'openai',
        model: "openai('gpt-4o-mini')",
        env: ({ openaiBaseUrl }) => ({ OPENAI_API_KEY: 'sk-any', OPENAI_BASE_URL: openaiBaseUrl }),
      },
      job: shape.job ?? '',
      settings: { batch: { maxRequests: 25 }, timings: { pollEveryMs: 30 } },
      emulator: { seed },
    })
    await carry(project, await begin(project, { limit: pilot }, 100_000_000))
    const { cost } = await project.offpeak.plan('notes', { ...everything })
    const runId = await begin(project, {}, 100_000_000)
    await carry(project, runId)
    const run = await project.offpeak.store.run(runId)
    const price = run === null ? null : specOf(run).price
    if (price === null || cost === null) throw new Error('the model has no price')
    const found = await costsOf(project, runId, price, tokens)
    if (found.batches === 0) throw new Error(`no answers of ${shape.name}`)
    const ratio = cost.likelyMicroUsd / found.actualMicroUsd
    ratios.push(ratio)
    said.push(`${shape.name} ${ratio.toFixed(2)}`)
    breaches += found.breaches
    batches += found.batches
  }
  const median = ratios.toSorted((one, two) => one - two)[Math.floor(ratios.length / 2)] ?? Number.NaN
  return [
    figureOf({
      row: 8,
      figure: 'estimate by the cost in tokens of the real tokenizer, median of five shapes',
      target: '1.0 to 1.5',
      measured: `${median.toFixed(2)} (${said.join(', ')}), ${records - pilot} records each`,
      isGood: median >= 0.995 && median <= 1.5,
      seed,
    }),
    none(8, 'batches that cost more than was reserved for them', breaches, batches, 'batches', { seed }),
  ]
}
