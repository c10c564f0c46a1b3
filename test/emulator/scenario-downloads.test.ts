import { describe, expect, it } from 'vitest'
import { type Played, type RawAnswer, chatLines, play, rawGet, readText, startFast } from './emulator-kit.ts'
import { openai, submit, waitFor } from './emulator-kit.ts'

async function download(
  { emulator, batch }: Played,
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  return rawGet(`${emulator.openaiBaseUrl}/files/${batch.output_file_id}/content`, headers)
}

async function wholeText(): Promise<number> {
  await using plain = await play([])
  return (await download(plain)).body.length
}

describe('output files that come down in their own way', () => {
  it.each([
    ['line', 'none'],
    ['line', 'short'],
    ['mid-line', 'none'],
    ['mid-line', 'short'],
  ])('short-download ends at a %s with %s Content-Length, and nothing shows it', async (cut, length) => {
    await using played = await play([`short-download:cut=${cut},length=${length}`])
    const first = await download(played)
    expect(first).toMatchObject({ status: 200, cut: false })
    expect(first.headers['content-length']).toBe(length === 'none' ? undefined : String(first.body.length))
    if (length === 'none') expect(first.headers['transfer-encoding']).toBeUndefined()
    const text = first.body.toString()
    expect(text.endsWith('\n')).toBe(cut === 'line')
    expect(text.split('\n').length).toBeLessThan(15)
    const second = await download(played)
    expect(second.body.toString().trimEnd().split('\n')).toHaveLength(20)
    expect(second.body.subarray(0, first.body.length)).toEqual(first.body)
    expect(played.bill.requests).toBe(20)
  })

  it('short-download can be short for ever', async () => {
    await using played = await play(['short-download:downloads=always,share=0.5'])
    const sizes = new Set<number>()
    for (let i = 0; i < 4; i += 1) sizes.add((await download(played)).body.length)
    expect(sizes.size).toBe(1)
    expect([...sizes][0]).toBeLessThan((await wholeText()) / 2)
  })

  it('breaking-download breaks at the same byte each time', async () => {
    await using played = await play(['breaking-download:bytes=1000'])
    for (let i = 0; i < 3; i += 1) {
      const answer = await download(played, { range: 'bytes=500-' })
      expect(answer).toMatchObject({ status: 200, cut: true })
      expect(answer.body.length).toBe(1000)
      expect(Number(answer.headers['content-length'])).toBeGreaterThan(1000)
    }
    expect(played.bill.requests).toBe(20)
  })

  it('range-requests lets a download that breaks go on where it broke', async () => {
    await using played = await play(['breaking-download:bytes=4000', 'range-requests'])
    const pieces: Buffer[] = []
    let etag = ''
    let total = Infinity
    for (let at = 0; at < total; at = pieces.reduce((sum, piece) => sum + piece.length, 0)) {
      const answer = await download(played, at === 0 ? {} : { range: `bytes=${at}-`, 'if-range': etag })
      if (at === 0) {
        expect(answer.headers['accept-ranges']).toBe('bytes')
        etag = String(answer.headers['etag'])
        total = Number(answer.headers['content-length'])
      } else {
        expect(answer.status).toBe(206)
        expect(answer.headers['content-range']).toBe(`bytes ${at}-${total - 1}/${total}`)
      }
      pieces.push(answer.body)
    }
    expect(pieces.length).toBeGreaterThan(2)
    const lines = Buffer.concat(pieces).toString().trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toHaveLength(20)
  })

  it('range-requests sends all of another file, and says when there is no such range', async () => {
    await using played = await play(['range-requests'])
    const whole = await download(played)
    expect(await download(played, { range: 'bytes=10-', 'if-range': '"another"' })).toMatchObject({
      status: 200,
    })
    expect((await download(played, { range: 'bytes=10-19' })).body).toEqual(whole.body.subarray(10, 20))
    expect((await download(played, { range: 'bytes=-5' })).body).toEqual(whole.body.subarray(-5))
    expect(await download(played, { range: 'lines=1-2' })).toMatchObject({ status: 200 })
    const beyond = await download(played, { range: `bytes=${whole.body.length}-` })
    expect(beyond).toMatchObject({ status: 416 })
    expect(beyond.headers['content-range']).toBe(`bytes */${whole.body.length}`)
  })

  it.each([404, 403])('late-output is answered %i at first', async (status) => {
    await using played = await play([`late-output:status=${status}`])
    expect((await download(played)).status).toBe(status)
    expect((await download(played)).status).toBe(status)
    expect((await download(played)).status).toBe(200)
    expect(played.bill.requests).toBe(20)
  })

  it('late-output may last for a time', async () => {
    await using emulator = await startFast({ scenarios: ['late-output:seconds=864000'] })
    const client = openai(emulator)
    const batch = await waitFor(client, (await submit(client, chatLines(2))).id)
    for (let i = 0; i < 4; i += 1)
      await expect(readText(client, batch.output_file_id)).rejects.toMatchObject({ status: 404 })
    emulator.advanceClock(864_000_000)
    expect(await readText(client, batch.output_file_id)).toContain('record-1')
  })

  it('download-once is deleted when it has been sent', async () => {
    await using played = await play(['download-once'])
    expect((await download(played)).body.toString().trimEnd().split('\n')).toHaveLength(20)
    await expect.poll(async () => (await download(played)).status).toBe(404)
    expect((await played.client.files.list()).data.map((file) => file.purpose)).toEqual(['batch'])
    expect(played.bill.requests).toBe(20)
  })

  it('a broken download of a file that is kept once leaves it there', async () => {
    await using played = await play(['download-once', 'breaking-download:bytes=10,downloads=1'])
    expect((await download(played)).cut).toBe(true)
    expect((await download(played)).body.toString().trimEnd().split('\n')).toHaveLength(20)
  })
})
