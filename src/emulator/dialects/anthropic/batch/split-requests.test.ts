import { describe, expect, it } from 'vitest'
import { type BodyPart, splitRequests } from './split-requests.ts'

async function* inPieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function partsOf(text: string, size: number = text.length): Promise<readonly BodyPart[]> {
  return Array.fromAsync(splitRequests(inPieces(text, size)))
}

const requests = (parts: readonly BodyPart[]): readonly string[] =>
  parts.filter(({ kind }) => kind === 'request').map(({ text }) => text)

describe('splitRequests', () => {
  const first = '{"custom_id":"a","params":{"text":"a ]},{ \\" \\\\"}}'
  const second = '{"custom_id":"b","params":{"list":[1,[2,{"x":3}]],"text":"ü 日本"}}'

  it.each([1, 2, 3, 7, 1000])('cuts the requests out of a body that comes %i bytes at a time', async (size) => {
    const parts = await partsOf(`{ "requests" : [ ${first} ,\n${second} ] , "metadata": {"a": [1]} }`, size)
    expect(requests(parts)).toEqual([first, second])
    expect(JSON.parse(parts.at(-1)?.text ?? '')).toEqual({ requests: [], metadata: { a: [1] } })
  })

  it('looks for the list in the body itself alone', async () => {
    const parts = await partsOf(`{"other":{"requests":[${first}]},"requests":[${second}]}`)
    expect(requests(parts)).toEqual([second])
  })

  it('gives what is no object, and what is missing between commas, as it stands', async () => {
    expect(requests(await partsOf('{"requests":[1,"two",,null]}'))).toEqual(['1', '"two"', '', 'null'])
    expect(requests(await partsOf('{"requests":[]}'))).toEqual([])
  })

  it('leaves a rest that is no JSON when the body is cut', async () => {
    const whole = `{"requests":[${first},${second}]}`
    for (const cut of [5, 20, whole.length - 1]) {
      const parts = await partsOf(whole.slice(0, cut))
      expect(() => JSON.parse(parts.at(-1)?.text ?? '')).toThrow(SyntaxError)
    }
  })
})
