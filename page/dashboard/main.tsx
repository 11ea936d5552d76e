import { type JSX, render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Snapshot } from '../../src/serve/observe/snapshot.ts'
import { KeyForm } from '../shared/key-form.tsx'
import { KeyNeeded, loadJson } from '../shared/load.ts'
import { BatchTable } from './batch-table.tsx'
import { PlotView } from './plot-view.tsx'
import { plots } from './plots.ts'
import { type Reading, readingOf } from './readings.ts'

const everyMs = 1000
const mostReadings = 180

/** How the service is doing, for who develops it. */
function Dashboard(): JSX.Element {
  const [key, setKey] = useState('')
  const { readings, last, failure, needsKey } = useReadings(key)
  const theme = useTheme()
  if (needsKey) return <KeyForm isWrong={key !== ''} onKey={setKey} />
  return (
    <>
      <header>
        <h1>Dashboard</h1>
        <a href="./">Try the service</a>
      </header>
      <main>
        <p role="status" class="problem">
          {failure && `The server does not answer: ${failure}`}
        </p>
        <div class="plots">
          {plots.map((plot) => (
            <PlotView key={plot.title} plot={plot} readings={readings} theme={theme} />
          ))}
        </div>
        <section aria-label="Batches">
          <h2>The last batches</h2>
          <BatchTable batches={last?.batches ?? []} />
        </section>
      </main>
    </>
  )
}

interface Readings {
  readonly readings: readonly Reading[]
  readonly last: Snapshot | undefined
  readonly failure: string
  readonly needsKey: boolean
}

const nothing: Readings = { readings: [], last: undefined, failure: '', needsKey: false }

/** Asks every second; a server that restarts is found again. */
function useReadings(key: string): Readings {
  const [state, setState] = useState(nothing)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = async (): Promise<void> => {
      try {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the page is of one version with its server
        const next = (await loadJson('./dashboard.json', key)) as Snapshot
        setState((before) => withSnapshot(before, next))
      } catch (error) {
        const needsKey = error instanceof KeyNeeded
        setState((before) => ({ ...before, failure: reasonOf(error), needsKey }))
        if (needsKey) return
      }
      timer = setTimeout(() => void ask(), everyMs)
    }
    void ask()
    return () => clearTimeout(timer)
  }, [key])
  return state
}

/** Without the name of its class, which says nothing to who watches. */
function reasonOf(error: unknown): string {
  return String(error).replace(/^\w*Error: /, '')
}

function withSnapshot({ readings, last }: Readings, next: Snapshot): Readings {
  const reading = last && readingOf(last, next)
  const added = reading ? [...readings, reading].slice(-mostReadings) : readings
  return { readings: added, last: next, failure: '', needsKey: false }
}

function useTheme(): 'light' | 'dark' {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const [isDark, setIsDark] = useState(dark.matches)
  useEffect(() => {
    const listen = (): void => setIsDark(dark.matches)
    dark.addEventListener('change', listen)
    return () => dark.removeEventListener('change', listen)
  }, [])
  return isDark ? 'dark' : 'light'
}

const root = document.querySelector('#page')
if (root) render(<Dashboard />, root)
