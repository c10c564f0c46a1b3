import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { begin, openKit } from '../../../test/engine/run-kit.ts'
import { type Figure, type How, none } from '../figure.ts'
import { seededRandom } from '../../../src/emulator/core/random.ts'
import { below } from '../shuffled.ts'

/** How a download ends early: by a broken connection, by an end that looks like any other, or inside of what is packed. */
const manners = ['reset', 'closed', 'packed'] as const

interface Cutter extends AsyncDisposable {
  readonly url: string
  to: string
  readonly cuts: () => number
}

/** Passes everything on, and cuts the first download of each file where `position` says, of so many bytes. */
async function startCutter(position: (bytes: number, nth: number) => number): Promise<Cutter> {
  const seen = new Set<string>()
  let cuts = 0
  const cutter = { to: '' }
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    const { hostname, port } = new URL(cutter.to)
    const out = send({
      hostname,
      port,
      path: request.url,
      method: request.method,
      headers: { ...request.headers, connection: 'close', 'accept-encoding': 'identity' },
    })
    out.end(Buffer.concat(pieces))
    const [answer]: readonly unknown[] = await once(out, 'response')
    if (!isMessage(answer)) throw new Error('the service did not answer')
    const isDownload = request.method === 'GET' && /\/files\/[^/]+\/content$/.test(request.url ?? '')
    if (!isDownload || answer.statusCode !== 200 || seen.has(request.url ?? '')) {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
      return
    }
    seen.add(request.url ?? '')
    const whole: Buffer[] = []
    for await (const piece of answer) whole.push(piece)
    const file = Buffer.concat(whole)
    if (file.length === 0) return void response.end()
    const nth = cuts
    cuts += 1
    const at = position(file.length, nth)
    const manner = manners[nth % manners.length]
    const headers = { 'content-type': 'application/octet-stream', connection: 'close' }
    if (manner === 'closed') {
      response.useChunkedEncodingByDefault = false
      response.writeHead(200, headers)
      return void response.end(file.subarray(0, at))
    }
    const sent = manner === 'packed' ? gzipSync(file) : file
    const more = manner === 'packed' ? { 'content-encoding': 'gzip' } : { 'content-length': file.length }
    response.useChunkedEncodingByDefault = false
    response.writeHead(200, { ...headers, ...more })
    response.write(sent.subarray(0, Math.floor((at / file.length) * sent.length)), () =>
      manner === 'packed' ? response.end() : response.destroy(),
    )
  }
  const server = createServer(
    (request, response) => void pass(request, response).catch(() => response.destroy()),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return Object.assign(cutter, {
    url: `http://127.0.0.1:${port}`,
    cuts: () => cuts,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  })
}

function isMessage(value: unknown): value is IncomingMessage {
  return typeof value === 'object' && value !== null && 'statusCode' in value
}

interface Cut {
  readonly cuts: number
  readonly lost: number
  readonly paidTwice: number
}

/** A run whose every file is cut once. */
async function one(
  records: number,
  perFile: number,
  seed: number,
  position: (bytes: number, nth: number) => number,
): Promise<Cut> {
  await using cutter = await startCutter(position)
  await using project = await openKit({
    records,
    service: {
      name: 'openai',
      model: "openai('gpt-4o-mini')",
      env: (emulator) => {
        cutter.to = emulator.url
        return { OPENAI_API_KEY: 'sk-any', OPENAI_BASE_URL: `${cutter.url}/v1` }
      },
    },
    settings: {
      batch: { maxRequests: perFile },
      timings: { pollEveryMs: 30, quotaBackoffMs: 50, settleMs: [50], listingLagMs: 50 },
    },
    emulator: { seed, batchesPerHour: 1_000_000 },
  })
  const runId = await begin(project)
  await project.offpeak.drive({ runIds: [runId], signal: AbortSignal.timeout(600_000) })
  const { counts } = await project.offpeak.status(runId)
  return {
    cuts: cutter.cuts(),
    lost: records - (counts.merged ?? 0),
    paidTwice: project.emulator.bill().duplicate_requests,
  }
}

/** Downloads that end at any byte: none may be taken for the whole file. */
export async function cutDownloads({ size, seed }: How): Promise<readonly Figure[]> {
  const random = seededRandom(seed)
  // A file of three answers has less than 1,500 bytes: in each of three manners, every one of them.
  const [small, large] = size === 'full' ? [4_500, 200] : [90, 6]
  const each = await one(small * 3, 3, seed, (bytes, nth) =>
    size === 'full' ? Math.floor(nth / manners.length) % bytes : below(random, bytes),
  )
  const largest = await one(large * 200, 200, seed, (bytes) => below(random, bytes))
  const figures = (what: string, cut: Cut, asked: number): readonly Figure[] => [
    none(
      13,
      `records lost because a cut download of ${what} was taken for whole`,
      cut.lost,
      cut.cuts,
      'cuts',
      {
        seed,
        asked,
      },
    ),
    none(13, `requests paid twice because of a cut download of ${what}`, cut.paidTwice, cut.cuts, 'cuts', {
      seed,
      asked,
    }),
  ]
  return [
    ...figures('a small file, at any byte', each, 4_500),
    ...figures('a file above 64 KiB', largest, 200),
  ]
}
