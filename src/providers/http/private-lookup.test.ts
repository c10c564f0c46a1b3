import { expect, test } from 'vitest'
import { privateLookup } from './private-lookup.ts'

const lookup = (hostname: string, all: boolean): Promise<unknown> =>
  new Promise((resolve, reject) => {
    privateLookup(hostname, { all }, (failure, address) => (failure ? reject(failure) : resolve(address)))
  })

test('a name in a private network is looked up as ever', async () => {
  expect(await lookup('10.1.2.3', false)).toBe('10.1.2.3')
  expect(await lookup('192.168.0.7', true)).toEqual([{ address: '192.168.0.7', family: 4 }])
  expect(await lookup('localhost', true)).not.toEqual([])
})

test('a name that leads out of it is not, and one that leads nowhere stays unknown', async () => {
  for (const address of ['8.8.8.8', '169.254.169.254', '2606:4700::1'])
    await expect(lookup(address, true)).rejects.toMatchObject({ code: 'ENOTPRIVATE' })
  await expect(lookup('offpeak-nowhere.invalid', true)).rejects.toMatchObject({
    code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
  })
})
