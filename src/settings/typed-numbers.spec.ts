import { PROMISES } from '../core/promise/promises';
import { told } from './problems';
import { promises, promisesOf, typedPromises } from './promises.schema';
import { promisesView } from './promises.view';
import { routingRule, ruleOf, typedOf } from './routing.schema';

describe('a number that is none', () => {
  it('in the promises is named by its row and column, with what would be right', () => {
    const typed = typedPromises(PROMISES);
    const [first, second, ...rest] = typed.classes;
    const wrong = { ...typed, warn: 'soon', classes: [{ ...first!, first: 'abc' }, { ...second!, from: 'many' }, ...rest] };
    const { error } = promises.safeParse(promisesOf(wrong));
    const { problems } = promisesView({ version: 0, typed: wrong, promises: null, why: '', problems: told(error!), conflict: null, said: null, history: [], role: 'lead', now: new Date() });
    expect(problems.map(({ text }) => text)).toEqual(['Promise 1, first answer: must be a number', 'Promise 2, points: must be a number', 'Warning: must be a number']);
  });

  it('in a routing rule is told with what would be right', () => {
    const rule = typedOf({ name: 'All', when: {}, queue: null, points: 0, secondPerson: false });
    const messages = routingRule.safeParse(ruleOf({ ...rule, points: 'lots', blocks: 'some' })).error?.issues.map(({ message }) => message);
    expect(messages).toEqual(['must be a number from 1 to 100', 'points are a number from -100 to 100']);
  });
});
