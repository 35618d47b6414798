import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Allow } from '../auth/access';
import type { Analysis } from '../core/rules/analysis';
import { headerAnalysis, type HeaderAnalysis } from './analysis.schema';
import { AnalysisService } from './analysis.service';

/** The header analysis as a tool of its own: nothing is stored. Findings marked `internal` are not for customers' eyes. */
@Controller('api/v1/header-analyses')
export class HeaderAnalysesController {
  constructor(private readonly analyses: AnalysisService) {}

  /** Reads headers, a whole message or a Message-ID. */
  @Post()
  @HttpCode(200)
  @Allow({ anyKey: true })
  read(@Body({ schema: headerAnalysis }) { message, ...rest }: HeaderAnalysis): Promise<Analysis> {
    return this.analyses.analyseInput({ ...rest, ...(message === undefined ? {} : { message: Buffer.from(message, 'base64') }) });
  }
}
