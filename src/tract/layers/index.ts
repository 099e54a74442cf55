import './conv2d';
import './depthwise';
import './gather';
import './matMul';
import './probed';
