import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bedrockDefinition } from './definition.ts'
import { bedrock } from './models.ts'
import { hasOtherIdentity, type Machine } from './other-identity.ts'

test('credentials are taken to be found by what the machine has, and nobody is called for it', () => {
  const bare: Machine = { home: '/home/me', exists: () => false, maker: () => '' }
  const finds = (env: Readonly<Record<string, string>>, machine: Partial<Machine> = {}): boolean =>
    hasOtherIdentity((name) => env[name] ?? null, { ...bare, ...machine })
  expect(finds({})).toBe(false)
  expect(finds({ AWS_WEB_IDENTITY_TOKEN_FILE: '/token' })).toBe(true)
  expect(finds({ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1' })).toBe(true)
  for (const name of ['credentials', 'config'])
    expect(finds({}, { exists: (path) => path === join('/home/me/.aws', name) }), name).toBe(true)
  expect(finds({ AWS_CONFIG_FILE: '/etc/aws' }, { exists: (path) => path === '/etc/aws' })).toBe(true)
  expect(finds({}, { maker: () => 'Amazon EC2\nAmazon EC2\n1.0\n' })).toBe(true)
  expect(finds({}, { maker: () => 'Xen\nXen\n4.11.amazon\nec2e1916-9099' })).toBe(true)
  expect(finds({}, { maker: () => 'QEMU\nSeaBIOS\n1.16\n' })).toBe(false)
  const disabled = { AWS_EC2_METADATA_DISABLED: 'true' }
  expect(finds(disabled, { maker: () => 'Amazon EC2' })).toBe(false)
  expect(finds({ AWS_EC2_METADATA_DISABLED: 'false' })).toBe(true)
})

const roleArn = 'arn:aws:iam::123456789012:role/batches'
const mine = bedrock('anthropic.claude-haiku-5-5-v1:0', { bucket: 'mine' })

function missing(values: Readonly<Record<string, string>>, model = mine): readonly string[] {
  return bedrockDefinition.missing({
    model,
    env: (name) => values[name] ?? null,
    token: null,
    hasHeaders: false,
  })
}

test('names are missing that neither the environment nor the job has', () => {
  const signed = { AWS_PROFILE: 'mine' }
  expect(missing(signed)).toEqual(['AWS_REGION', 'BEDROCK_BATCH_ROLE_ARN'])
  expect(missing({ ...signed, AWS_DEFAULT_REGION: 'eu-west-1', BEDROCK_BATCH_ROLE_ARN: roleArn })).toEqual([])
  const whole = bedrock('anthropic.claude-haiku-5-5-v1:0', { bucket: 'mine', roleArn, region: 'eu-west-1' })
  expect(missing(signed, whole)).toEqual([])
  const nobody = {
    AWS_SHARED_CREDENTIALS_FILE: '/no/such/file',
    AWS_CONFIG_FILE: '/no/such/file',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  expect(missing(nobody, whole)).toEqual(['AWS_PROFILE'])
  // Half a pair of keys signs nothing.
  expect(missing({ ...nobody, AWS_ACCESS_KEY_ID: 'AKIA' }, whole)).toEqual(['AWS_PROFILE'])
})
