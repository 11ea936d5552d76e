import { useRef, useState } from 'preact/hooks'
import type { Endpoint } from './endpoints.ts'
import type { Request } from './request.ts'
import { type Answer, type Problem, send } from './send.ts'
import type { FieldProblem } from './write.ts'

export interface Call {
  readonly isRunning: boolean
  readonly answer: Answer | undefined
  /** Why there is none. */
  readonly failure: string
  readonly problems: readonly Problem[]
  readonly start: (request: Request) => Promise<void>
  readonly refuse: (problem: FieldProblem) => void
  readonly stop: () => void
}

/** One call of a method at a time, and what became of the last. */
export function useCall(endpoint: Endpoint, key: string): Call {
  const [isRunning, setIsRunning] = useState(false)
  const [answer, setAnswer] = useState<Answer>()
  const [failure, setFailure] = useState('')
  const [problems, setProblems] = useState<readonly Problem[]>([])
  const stopping = useRef(new AbortController())
  const start = async (request: Request): Promise<void> => {
    stopping.current = new AbortController()
    const { signal } = stopping.current
    setIsRunning(true)
    setAnswer(undefined)
    setFailure('')
    setProblems([])
    try {
      const whole = await send({ endpoint, request, key, signal, onPart: setAnswer })
      setAnswer(whole)
      setProblems(whole.problems)
    } catch (error) {
      setFailure(
        signal.aborted ? 'Stopped' : `Nobody answered, or not to the end: ${String(error)}`,
      )
    }
    setIsRunning(false)
  }
  const refuse = (problem: FieldProblem): void => {
    setFailure('Nothing was sent: something in the form is to be mended first')
    setProblems([{ at: problem.at, message: problem.message }])
  }
  const stop = (): void => stopping.current.abort()
  return { isRunning, answer, failure, problems, start, refuse, stop }
}
