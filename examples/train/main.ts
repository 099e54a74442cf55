import { runProgram } from '../shared/program';
import { trainCommand } from './options';
import { train } from './train';

await runProgram(() => trainCommand(train));
