import './matMul';
