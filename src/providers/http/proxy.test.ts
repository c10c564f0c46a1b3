import { describe, expect, test } from 'vitest'
import { parseOrigin } from './origin.ts'
import { type Proxies, proxyFor } from './proxy.ts'

const proxies: Proxies = {
  https: { name: 'HTTPS_PROXY', value: 'http://me:secret@proxy.corp.example:3128' },
  http: { name: 'http_proxy', value: 'proxy.corp.example:8080' },
  except: null,
  loopback: false,
}
const openai = parseOrigin('https://api.openai.com/v1')
const shown = (url: string, more: Partial<Proxies>): string | null =>
  proxyFor(parseOrigin(url, { allowed: true, setting: '' }), { ...proxies, ...more })?.shown ?? null

test('a service is called through the proxy for its kind of address', () => {
  expect(proxyFor(openai, proxies)).toEqual({
    name: 'HTTPS_PROXY',
    shown: 'http://proxy.corp.example:3128',
    url: 'http://me:secret@proxy.corp.example:3128/',
  })
  expect(shown('http://litellm:4000', {})).toBe('http://proxy.corp.example:8080')
  expect(shown('https://api.openai.com', { https: null })).toBeNull()
  expect(shown('http://litellm:4000', { http: null })).toBeNull()
})

test('this machine is called directly, unless told otherwise', () => {
  for (const host of ['localhost', 'emulator.localhost', '127.0.0.1', '[::1]']) {
    expect(shown(`https://${host}:4000`, {})).toBeNull()
    expect(shown(`https://${host}:4000`, { loopback: true })).toBe('http://proxy.corp.example:3128')
  }
})

describe('what goes without a proxy', () => {
  test.for([
    ['*', 'https://api.openai.com'],
    ['api.openai.com', 'https://api.openai.com'],
    ['API.OpenAI.com', 'https://api.openai.com'],
    ['openai.com', 'https://api.openai.com'],
    ['.openai.com', 'https://api.openai.com'],
    ['*.openai.com', 'https://api.openai.com'],
    ['.openai.com', 'https://openai.com'],
    ['localhost, 10.1.2.3 ,api.openai.com', 'https://api.openai.com'],
    ['localhost api.openai.com', 'https://api.openai.com'],
    ['api.openai.com:443', 'https://api.openai.com'],
    ['api.openai.com:8443', 'https://api.openai.com:8443'],
    ['10.1.2.3', 'https://10.1.2.3'],
    ['10.0.0.0/8', 'https://10.1.2.3'],
    ['fd00::/8', 'https://[fd00::1]'],
    ['[fd00::1]', 'https://[fd00::1]'],
    ['fd00::1', 'https://[fd00::1]'],
    ['[fd00::1]:443', 'https://[fd00::1]'],
  ] as const)('%s names %s', ([except, url]) => {
    expect(shown(url, { except })).toBeNull()
  })

  test.for([
    ['', 'https://api.openai.com'],
    ['com', 'https://api.openai.community'],
    ['nai.com', 'https://api.openai.com'],
    ['www.openai.com', 'https://openai.com'],
    ['api.openai.com:8443', 'https://api.openai.com'],
    ['2.3', 'https://10.1.2.3'],
    ['11.0.0.0/8', 'https://10.1.2.3'],
    ['10.0.0.0/99', 'https://10.1.2.3'],
    ['10.0.0.0/8', 'https://api.openai.com'],
    ['fd00::/8', 'https://10.1.2.3'],
  ] as const)('%s does not name %s', ([except, url]) => {
    expect(shown(url, { except })).toBe('http://proxy.corp.example:3128')
  })
})

test('a proxy that cannot be spoken to is refused without the password in its address', () => {
  for (const value of ['socks5://me:secret@proxy:1080', 'http://', 'http://me:secret@:99999']) {
    let thrown: unknown = null
    try {
      proxyFor(openai, { ...proxies, https: { name: 'HTTPS_PROXY', value } })
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'E_CONFIG', where: 'HTTPS_PROXY' })
    expect(JSON.stringify(thrown) + String(thrown)).not.toContain('secret')
  }
})
