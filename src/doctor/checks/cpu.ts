import { renderPlan } from '../../serve/plan.ts'
import { type Check, ok } from '../check.ts'
import { fromError } from '../from-error.ts'
import { planOf } from '../plan-of.ts'

export const cpu: Check = {
  name: 'cpu',
  async run(place) {
    try {
      return [ok(renderPlan(await planOf(place)))]
    } catch (thrown) {
      return [fromError(thrown, 'error', 'Correct the options of the service.')]
    }
  },
}
