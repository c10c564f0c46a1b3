import { expect, test } from 'vitest'
import { launcherOf } from './launcher.ts'

const cwd = '/home/ann/notes'
const local = `${cwd}/node_modules/.bin/offpeak`
const path = '/usr/local/bin:/usr/bin'

test.each([
  ['npx', { npm_command: 'exec', npm_config_user_agent: 'npm/11.0.0 node/v24' }, 'npx offpeak'],
  ['a script of package.json', { npm_lifecycle_event: 'nightly', npm_command: 'run-script' }, 'npx offpeak'],
  ['pnpm', { npm_command: 'exec', npm_config_user_agent: 'pnpm/10.1.0' }, 'pnpm exec offpeak'],
  ['yarn', { npm_lifecycle_event: 'offpeak', npm_config_user_agent: 'yarn/4.5.0' }, 'yarn offpeak'],
  ['bun', { npm_lifecycle_event: 'bunx', npm_config_user_agent: 'bun/1.2.0' }, 'bunx offpeak'],
])('what %s started is started so again', (_what, env, launcher) => {
  const onPath = `${cwd}/node_modules/.bin:${path}`
  expect(launcherOf({ script: local, cwd, env: { PATH: onPath, ...env } })).toBe(launcher)
})

test.each([
  ['/usr/local/bin/offpeak', path, 'offpeak'],
  ['/usr/local/lib/node_modules/offpeak/bin/offpeak.js', `/usr/local/lib:${path}`, 'offpeak'],
  [local, `${cwd}/node_modules/.bin:${path}`, 'offpeak'],
  [local, path, 'npx offpeak'],
  [`${cwd}/node_modules/offpeak/bin/offpeak.js`, path, 'npx offpeak'],
  ['/home/ann/offpeak/bin/offpeak.js', path, 'offpeak'],
])('%s with the path %s is typed as %s', (script, PATH, launcher) => {
  expect(launcherOf({ script, cwd, env: { PATH } })).toBe(launcher)
})
