import { constant } from './families/constant';

for (const kernel of ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual']) {
  constant(kernel, 'bool');
}
for (const kernel of ['LogicalAnd', 'LogicalOr', 'LogicalXor', 'LogicalNot']) constant(kernel, 'bool');
