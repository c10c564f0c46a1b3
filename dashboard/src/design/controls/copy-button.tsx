import { useEffect, useState } from 'react'
import styles from './cli-line.module.css'

/** Copies a text, and says so for a moment. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [copied, setCopied] = useState<boolean | null>(null)
  useEffect(() => {
    if (copied === null) return
    const timer = setTimeout(() => setCopied(null), 1_600)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = (): void => {
    copyText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  }
  return (
    <button type="button" className={styles['copy']} onClick={copy} aria-label={`Copy ${what}`}>
      <span aria-live="polite">{copied === null ? 'Copy' : copied ? 'Copied' : 'Not allowed'}</span>
    </button>
  )
}

/** Throws where the browser does not allow it: a page without TLS that is not of this machine. */
async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text)
}
