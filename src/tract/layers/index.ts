import './conv2d';
import './depthwise';
import './filtered';
import './gather';
import './gatherNd';
import './matMul';
import './probed';
