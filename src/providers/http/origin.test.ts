import { expect, test } from 'vitest'
import { parseOrigin } from './origin.ts'

test('an address is taken apart once', () => {
  expect(parseOrigin('https://api.openai.com/v1/')).toEqual({
    secure: true,
    hostname: 'api.openai.com',
    port: 443,
    host: 'api.openai.com',
    basePath: '/v1',
    loopback: false,
  })
  expect(parseOrigin('http://[::1]:8000')).toMatchObject({
    hostname: '::1',
    port: 8000,
    basePath: '',
    loopback: true,
  })
})

test('only this machine may be spoken to without encryption', () => {
  for (const url of [
    'http://localhost:1',
    'http://a.localhost',
    'http://127.0.0.1',
    'http://127.9.9.9:80',
    'http://[::1]',
  ]) {
    expect(parseOrigin(url)).toMatchObject({ secure: false, loopback: true })
  }
  for (const url of [
    'http://api.openai.com/v1',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://10.0.0.1',
    'ftp://127.0.0.1',
    'api.openai.com',
    '',
    'https://user:secret-word@api.openai.com/v1',
    'https://api.openai.com/v1?key=secret-word',
  ]) {
    expect(() => parseOrigin(url)).toThrow(expect.objectContaining({ code: 'E_CONFIG' }))
    expect(() => parseOrigin(url)).not.toThrow(/secret-word/)
  }
})

test('a private network may be spoken to without encryption where somebody has said so', () => {
  const setting = 'openai: { insecureHttp: true }'
  const allowed = { allowed: true, setting }
  for (const url of [
    'http://litellm:4000/v1',
    'http://10.1.2.3/v1',
    'http://[fd00::1]:8000',
    'http://llm.corp.example',
  ])
    expect(parseOrigin(url, allowed)).toMatchObject({ secure: false, loopback: false })
  // How it is allowed is only told where that would help.
  expect(() => parseOrigin('http://litellm:4000/v1', { allowed: false, setting })).toThrow(
    expect.objectContaining({ code: 'E_CONFIG', fix: expect.stringContaining(setting) }),
  )
  for (const url of ['http://8.8.8.8/v1', 'http://169.254.169.254', 'http://[2606:4700::1]'])
    for (const permission of [allowed, { allowed: false, setting }])
      expect(() => parseOrigin(url, permission)).toThrow(
        expect.objectContaining({ code: 'E_CONFIG', fix: expect.not.stringContaining(setting) }),
      )
})
