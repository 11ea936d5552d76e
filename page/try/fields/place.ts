import { type ComponentType, createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Field } from '../field.ts'
import type { Problem } from '../send.ts'

export type Place = readonly (string | number)[]

/** What the last answer, or the page itself, found wrong with the form. */
export const Problems = createContext<readonly Problem[]>([])

export interface FieldProps<One extends Field = Field> {
  readonly field: One
  readonly at: Place
  readonly onChange: (field: Field) => void
}

/** What shows the control of a field: a field may hold any other. */
export const Controls = createContext<ComponentType<FieldProps>>(() => null)

export function idOf(at: Place): string {
  return ['field', ...at].join('-').replaceAll(/[^\w-]/g, '_')
}

export function useProblems(at: Place): readonly string[] {
  return useContext(Problems)
    .filter((problem) => isSame(problem.at, at))
    .map((problem) => problem.message)
}

/** What a control has beside its value: its name, and whether it is right. */
export function useControl(at: Place): {
  readonly id: string
  readonly 'aria-invalid': boolean
  readonly 'aria-describedby': string
} {
  const isWrong = useProblems(at).length > 0
  return { id: idOf(at), 'aria-invalid': isWrong, 'aria-describedby': `${idOf(at)}-notes` }
}

function isSame(one: Place, other: Place): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index])
}
