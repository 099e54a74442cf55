import './matMul';
import './conv2d';
import './depthwise';
import './gather';
import './gatherNd';
import './probed';
import './filtered';
