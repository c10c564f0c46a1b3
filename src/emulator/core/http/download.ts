import { Refusal } from '../errors.ts'
import type { FileRecord, Scenario } from '../records.ts'
import type { DownloadEffect } from '../scenarios/download-play.ts'
import type { Call } from './call.ts'
import { type ByteRange, readRange } from './range.ts'
import type { Reply } from './reply.ts'
import { dropFile } from './stored-file.ts'

/** The headers of every file at a service that answers ranges. */
export interface Ranged {
  /** With its quotes. */
  readonly etag: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * The content of a file, as the scenarios of its batch let it come down; in ranges where the service has them. Throws a
 * Refusal where one refuses it.
 */
export async function downloadReply(
  call: Call,
  file: FileRecord,
  contentType: string,
  ranged?: Ranged,
): Promise<Reply> {
  const effects = await effectsOn(call, file)
  const replaced = effects.find((effect) => effect.reply !== undefined)?.reply
  if (replaced) return replaced
  const delivery = Object.assign({}, ...effects.map((effect) => effect.delivery)) satisfies object
  return {
    ...content(call, file, contentType, ranged),
    ...(Object.keys(delivery).length === 0 ? {} : { delivery }),
    ...(effects.some((effect) => effect.forget) ? { sent: () => dropFile(call.state, file.id) } : {}),
  }
}

async function effectsOn(call: Call, file: FileRecord): Promise<readonly DownloadEffect[]> {
  const { state } = call
  const batch = file.resultOf?.part === 'output' ? state.batches.get(file.resultOf.batchId) : undefined
  const plays = (batch?.scenarios ?? []).flatMap((scenario: Scenario) => {
    const play = state.scenarios.ofBatch(scenario.name)?.download
    return play ? [{ scenario, play }] : []
  })
  if (!batch || plays.length === 0) return []
  const count = state.observed.tally(`download ${file.id}`)
  const ageMs = state.clock.nowMs() - (batch.times[batch.status] ?? batch.createdAtMs)
  const effects: DownloadEffect[] = []
  for (const { scenario, play } of plays) {
    const effect = await play({ file, path: state.filePath(file.id), count, ageMs, scenario })
    if (effect) effects.push(effect)
  }
  return effects
}

function content(call: Call, file: FileRecord, contentType: string, ranged?: Ranged): Reply {
  const path = call.state.filePath(file.id)
  const headers = ranged?.headers ?? {
    'content-type': contentType,
    'content-disposition': `attachment; filename="${file.filename.replaceAll(/[^\w. -]/g, '_')}"`,
  }
  const whole: Reply = { status: 200, headers, body: { path, bytes: file.bytes } }
  if (ranged === undefined && !call.playing.has('range-requests')) return whole
  const etag = ranged?.etag ?? `"${file.id}"`
  const offered = { ...headers, 'accept-ranges': 'bytes', etag }
  const range = readRange(call.request.headers, etag, file.bytes)
  if (range === null) return { ...whole, headers: offered }
  if (range === 'unsatisfiable') {
    throw new Refusal(
      416,
      { message: 'The requested range cannot be satisfied.' },
      { 'content-range': `bytes */${file.bytes}` },
    )
  }
  return {
    status: 206,
    headers: { ...offered, ...rangeHeader(range, file.bytes) },
    body: bodyOf(path, range),
  }
}

function rangeHeader({ start, end }: ByteRange, bytes: number): Readonly<Record<string, string>> {
  return { 'content-range': `bytes ${start}-${end}/${bytes}` }
}

function bodyOf(path: string, { start, end }: ByteRange): Reply['body'] {
  return { path, start, bytes: end - start + 1 }
}
