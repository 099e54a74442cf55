import './conv2d';
import './matMul';
