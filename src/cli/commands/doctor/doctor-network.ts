import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { baseUrlOf, proxiesOf, wayTo } from '../../../compose/access.ts'
import type { Config } from '../../../config/config.ts'
import { messageOf, OffpeakError } from '../../../domain/errors.ts'
import { hostOf } from '../../../engine/step/account.ts'
import type { Project } from '../../../compose/project.ts'
import type { AnyJob } from '../../../ports/job.ts'
import { parseOrigin } from '../../../providers/http/origin.ts'
import { proxyFor } from '../../../providers/http/proxy.ts'
import { formatDuration } from '../../../wording/duration.ts'
import { type Check, failedCheck, good, warning } from './doctor-check.ts'

/** The jobs that providers answer, and not the emulator. */
async function jobsOutside(offpeak: Project): Promise<readonly AnyJob[]> {
  return offpeak.isSimulated ? [] : [...(await offpeak.config.jobs.all()).values()].map(({ job }) => job)
}

/** How each provider is called: directly or through which proxy, and with which further headers. */
export async function wayChecks(offpeak: Project): Promise<readonly Check[]> {
  const { config } = offpeak
  const words = new Set<string>()
  const checks: Check[] = []
  for (const { name, model } of await jobsOutside(offpeak)) {
    try {
      const baseUrl = baseUrlOf(config, model)
      if (baseUrl !== null) words.add(wayWords(config, model, baseUrl))
    } catch (thrown) {
      checks.push(failedCheck(`job ${name}`, thrown))
    }
  }
  return [...[...words].map((way) => good('network', way)), ...checks]
}

function wayWords(config: Config, model: AnyJob['model'], baseUrl: string): string {
  const { headers, insecureHttp } = wayTo(config, model)
  const origin = parseOrigin(baseUrl, { allowed: insecureHttp, setting: 'insecureHttp: true' })
  const proxies = proxiesOf(config)
  const proxy = proxies && proxyFor(origin, proxies)
  const isNamed = (origin.secure ? proxies?.https : proxies?.http) != null
  const way = proxy
    ? `through the proxy ${proxy.shown} (${proxy.name})`
    : `directly${isNamed ? `, without the proxy (${origin.loopback ? 'it is this machine' : 'NO_PROXY'})` : ''}`
  const named = Object.entries(headers).map(([header, value]) => {
    if (typeof value === 'string') return `${header} from the config`
    const set = config.environment.get(value.env)
    return `${header} from ${value.env} (${set === null ? 'not set' : `${set.length} characters`})`
  })
  const plain = origin.secure || origin.loopback ? [] : ['without encryption, as the config allows']
  const more = named.length === 0 ? [] : [`with ${named.join(', ')}`]
  return [`${origin.host} is called ${way}`, ...plain, ...more].join('; ')
}

/** The file of certificates that the environment names: Node says nothing when it cannot use it. */
export async function certificateChecks({ config }: Project): Promise<readonly Check[]> {
  const { extraCaCerts } = config.environment
  if (extraCaCerts === null) return []
  const path = resolve(config.dir, extraCaCerts.value)
  const where = `${extraCaCerts.name}=${path}`
  const fix = 'name a file of certificates in PEM'
  try {
    const count = (await readFile(path, 'utf8')).split('-----BEGIN CERTIFICATE-----').length - 1
    if (count === 0)
      return [
        failedCheck(
          'certificates',
          new OffpeakError('E_ENV', 'there is no certificate in it', { where, fix }),
        ),
      ]
    return [good('certificates', `${count} more than usual, from ${where}`)]
  } catch (thrown) {
    const message = `it cannot be read: ${messageOf(thrown)}`
    return [failedCheck('certificates', new OffpeakError('E_ENV', message, { where, fix }))]
  }
}

const tolerableMs = 60_000

/** This machine's clock beside that of each provider, as its answers have told. */
export async function clockChecks(offpeak: Project): Promise<readonly Check[]> {
  const skews = new Map<string, number>()
  for (const job of await jobsOutside(offpeak)) {
    // Why a provider cannot be asked is said where it is tried.
    const accounts = await offpeak.accounts(job.name).catch(() => [])
    for (const account of accounts) {
      const skewMs = account.clockSkewMs()
      if (skewMs !== null) skews.set(hostOf(account.account), skewMs)
    }
  }
  return [...skews].map(([host, skewMs]) => {
    const words = `${formatDuration(Math.abs(skewMs))} ${skewMs > 0 ? 'behind' : 'ahead of'} ${host}`
    return Math.abs(skewMs) > tolerableMs
      ? warning(
          'clock',
          words,
          'set the time of this machine; times of the service are taken as its clock tells',
        )
      : good('clock', skewMs === 0 ? `agrees with ${host}` : words)
  })
}
