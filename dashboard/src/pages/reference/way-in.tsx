import { CliLines } from '../../design/controls/cli-line.tsx'
import styles from './way-in.module.css'

/** How a program is let in, and what it gets back when it is not. */
export function WayIn() {
  return (
    <div className={styles['way']}>
      <p>
        Send a key as <code>X-API-Key</code>. Its scope is <code>read</code>, <code>run</code> or{' '}
        <code>admin</code>, and each has the ones before it. What can spend money takes an{' '}
        <code>Idempotency-Key</code>: asked twice, it is done once. A refusal is{' '}
        <code>application/problem+json</code> with a code, its fix, and whether money moved.
      </p>
      <CliLines
        lines={[
          { words: 'Make a key', command: 'offpeak keys add my-service --scope run' },
          { words: 'The whole document', command: `curl ${location.origin}/openapi.json` },
        ]}
      />
    </div>
  )
}
