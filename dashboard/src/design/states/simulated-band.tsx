import styles from './simulated-band.module.css'

/** Says that what is on the page was invented, in words that stand out without their colour. */
export function SimulatedBand({ children }: { readonly children: string }) {
  return (
    <p className={styles['band']} role="note" aria-label="Simulated">
      <strong>SIMULATED</strong> {children}
    </p>
  )
}
