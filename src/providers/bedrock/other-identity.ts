import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the AWS SDK's own chain finds credentials beside keys and profiles (credential-provider-node: `defaultProvider`). */
const names = [
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT',
] as const

/** What Linux says of who made a machine; one of them tells an instance of EC2 (AWS document, Identify EC2 instances). */
const tellingFiles = [
  '/sys/class/dmi/id/sys_vendor',
  '/sys/class/dmi/id/bios_vendor',
  '/sys/class/dmi/id/bios_version',
  '/sys/hypervisor/uuid',
] as const

/** Facts of this machine that are looked at. */
export interface Machine {
  readonly home: string
  readonly exists: (path: string) => boolean
  /** What it says of its maker; empty where it says nothing. */
  readonly maker: () => string
}

/**
 * Whether the SDK may find credentials by what this machine has: names of containers and web identities, its configuration
 * files, or the role of an instance of EC2. That role is shown by a call only, which is not made here: the machine has to
 * say what it is, or `AWS_EC2_METADATA_DISABLED=false` has to say it, for one whose system does not tell.
 */
export function hasOtherIdentity(env: (name: string) => string | null, machine: Machine = here): boolean {
  if (names.some((name) => env(name) !== null)) return true
  const files = [
    env('AWS_SHARED_CREDENTIALS_FILE') ?? join(machine.home, '.aws', 'credentials'),
    env('AWS_CONFIG_FILE') ?? join(machine.home, '.aws', 'config'),
  ]
  if (files.some((file) => machine.exists(file))) return true
  const isDisabled = env('AWS_EC2_METADATA_DISABLED')?.toLowerCase()
  if (isDisabled !== undefined) return isDisabled !== 'true'
  return /amazon|^ec2/im.test(machine.maker())
}

const here: Machine = {
  home: homedir(),
  exists: existsSync,
  maker: () => tellingFiles.map(textOf).join('\n'),
}

/** Empty where there is none, as on other systems, or nobody may read it. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}
